"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { HeatMapChart } from "@/components/charts/heat-map-chart";
import { type HeatRow, prepareHeatMap } from "@/components/charts/prepare-heat-map";
import { type FailureView, failureViewHref } from "@/components/failures/failure-view";
import { failureSeriesQuery } from "@/components/failures/queries";
import { parseRepositoryKey } from "@/components/failures/repository-key";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { escapeText } from "@/components/ui/escape-text";
import { Skeleton } from "@/components/ui/skeleton";
import { ViewLink } from "@/components/ui/view-link";

/** Which repositories failed when. */
export function FailureHeatCard({
  view,
  zone,
  isOneRegistry,
  onChange,
}: {
  view: FailureView;
  zone: string | null;
  /** Its name says nothing where there is no other. */
  isOneRegistry: boolean;
  onChange: (change: Partial<FailureView>) => void;
}) {
  const query = useQuery(failureSeriesQuery(view, "repository", "whole", zone));
  const { data } = query;
  const map = useMemo(
    () => data && prepareHeatMap({ ...data, zone: zone ?? "UTC", one: "failure" }),
    [data, zone],
  );
  return (
    <Card title="Repositories over time">
      <div
        className={classNames(
          map === undefined && !query.isError && "min-h-[15.125rem]",
          query.isPlaceholderData && "stale-content",
        )}
      >
        {map === undefined ? (
          query.isError ? (
            <div className="flex flex-wrap items-center gap-2 px-3.5 py-3 text-muted">
              {describeError(query.error)}
              <Button size="small" onClick={() => void query.refetch()}>
                Try again
              </Button>
            </div>
          ) : (
            <div role="status" aria-label="Loading" className="px-3.5 pt-2">
              <Skeleton className="h-45" />
            </div>
          )
        ) : map.rows.length === 0 ? (
          <p className="px-3.5 py-3 text-muted">No repository failed in this time.</p>
        ) : (
          <HeatMapChart
            map={map}
            renderName={(row) => <RowName row={row} view={view} isOneRegistry={isOneRegistry} />}
            onChoose={({ key }, { at, end }) => onChange({ ...parseRepositoryKey(key), from: at, to: end })}
          />
        )}
      </div>
    </Card>
  );
}

function RowName({ row, view, isOneRegistry }: { row: HeatRow; view: FailureView; isOneRegistry: boolean }) {
  const { registry, repository } = parseRepositoryKey(row.key);
  return (
    <ViewLink
      href={failureViewHref(view, { registry, repository })}
      aria-label={row.label}
      title={row.label}
      // The end of a name tells more than its beginning.
      className="block min-w-0 truncate text-muted [direction:rtl] hover:text-ink hover:underline"
    >
      <bdi dir="ltr">{escapeText(isOneRegistry ? repository : row.key)}</bdi>
    </ViewLink>
  );
}
