"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { BarList, barHeight } from "@/components/charts/bar-list";
import { prepareBars } from "@/components/charts/prepare-bars";
import { type FailureView, failureViewHref } from "@/components/failures/failure-view";
import { failureSeriesQuery, type SeriesBy } from "@/components/failures/queries";
import { parseRepositoryKey } from "@/components/failures/repository-key";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { Skeleton } from "@/components/ui/skeleton";

const shownBars = 6;

interface Breakdown {
  by: SeriesBy;
  title: string;
  nameless: string;
  chosen: (view: FailureView) => string;
  change: (key: string) => Partial<FailureView>;
}

const breakdowns: readonly Breakdown[] = [
  {
    by: "repository",
    title: "Repositories",
    nameless: "not named",
    chosen: ({ registry, repository }) => (repository === "" ? "" : `${registry}/${repository}`),
    change: parseRepositoryKey,
  },
  {
    by: "principal",
    title: "Principals",
    nameless: "nobody who signed in",
    chosen: ({ principal }) => principal,
    change: (principal) => ({ principal }),
  },
  {
    by: "client",
    title: "Clients",
    nameless: "not told",
    chosen: ({ client }) => client,
    change: (client) => ({ client }),
  },
  {
    by: "cluster",
    title: "Clusters",
    nameless: "outside of clusters",
    chosen: ({ cluster }) => cluster,
    change: (cluster) => ({ cluster }),
  },
];

/** Where it fails and for whom, each as bars that narrow the page. */
export function FailureBreakdowns({
  view,
  zone,
  isOneRegistry,
}: {
  view: FailureView;
  zone: string | null;
  isOneRegistry: boolean;
}) {
  return (
    <Card>
      <div className="divide-y divide-line">
        {breakdowns.map((breakdown) => (
          <BreakdownBars
            key={breakdown.by}
            breakdown={breakdown}
            view={view}
            zone={zone}
            nameOf={(key) =>
              breakdown.by === "repository" && isOneRegistry ? parseRepositoryKey(key).repository : key
            }
          />
        ))}
      </div>
    </Card>
  );
}

function BreakdownBars({
  breakdown: { by, title, nameless, chosen, change },
  view,
  zone,
  nameOf,
}: {
  breakdown: Breakdown;
  view: FailureView;
  zone: string | null;
  nameOf: (key: string) => string;
}) {
  const query = useQuery(failureSeriesQuery(view, by, "part", zone));
  const { data } = query;
  const bars = useMemo(() => (data ? prepareBars(data.series, shownBars, nameless) : []), [data, nameless]);
  return (
    <section
      aria-label={title}
      className={classNames("pt-2 pb-1.5", query.isPlaceholderData && "stale-content")}
    >
      <h2 className="px-3.5 pb-1 text-small font-medium text-faint">{title}</h2>
      {data === undefined ? (
        query.isError ? (
          <p className="flex flex-wrap items-center gap-2 px-3.5 py-1 text-muted">
            {describeError(query.error)}
            <Button size="small" onClick={() => void query.refetch()}>
              Try again
            </Button>
          </p>
        ) : (
          <div role="status" aria-label="Loading" className="px-3.5" style={{ height: 4 * barHeight }}>
            <Skeleton className="h-full" />
          </div>
        )
      ) : bars.length === 0 ? (
        <p className="px-3.5 py-1 text-muted">none</p>
      ) : (
        <BarList
          bars={bars}
          chosen={chosen(view)}
          nameOf={nameOf}
          hrefFor={(key) =>
            failureViewHref(view, chosen(view) === key ? { ...change(key), ...nothingOf(by) } : change(key))
          }
        />
      )}
    </section>
  );
}

/** What takes the choice of a bar back. */
function nothingOf(by: SeriesBy): Partial<FailureView> {
  return by === "repository" ? { repository: "" } : { [by]: "" };
}
