"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo, useState } from "react";
import { type FailureCause, failureCauseSchema } from "#lib/failures/schema";
import type { FailureSeries } from "#lib/failures/schema-incidents";
import { type ChartSeries, prepareTimeColumns } from "@/components/charts/prepare-time-columns";
import { TimeColumnsChart } from "@/components/charts/time-columns-chart";
import { TimeColumnsTable } from "@/components/charts/time-columns-table";
import { chooseColours, restColour } from "@/components/failures/cause-colour";
import { causeWords } from "@/components/failures/cause-words";
import { type FailureView, failureViewHref } from "@/components/failures/failure-view";
import { windowFacts } from "@/components/failures/failure-window";
import { failureSeriesQuery } from "@/components/failures/queries";
import { sourcesHref } from "@/components/failures/sources-href";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { ViewLink } from "@/components/ui/view-link";

/** Failures over time, stacked by cause. */
export function FailureTimeCard({
  view,
  zone,
  registries,
  onChange,
}: {
  view: FailureView;
  zone: string | null;
  registries: readonly { slug: string }[];
  onChange: (change: Partial<FailureView>) => void;
}) {
  const query = useQuery(failureSeriesQuery(view, "cause", "whole", zone));
  const [asTable, setAsTable] = useState(false);
  const { data } = query;
  const series = useMemo(() => (data ? nameSeries(data) : []), [data]);
  const chart = useMemo(
    () => data && prepareTimeColumns({ ...data, zone: zone ?? "UTC", series, one: "failure" }),
    [data, zone, series],
  );
  if (query.isError && !data)
    return (
      <Card title="Failures by cause">
        <ErrorState
          title="The chart did not come"
          requestId={query.error instanceof ApiError ? query.error.requestId : null}
          onRetry={() => void query.refetch()}
        >
          {describeError(query.error)}
        </ErrorState>
      </Card>
    );
  return (
    <Card
      title="Failures by cause"
      detail={`per ${data?.step ?? windowFacts[view.window].step}`}
      actions={
        <Button
          size="small"
          variant="ghost"
          className="-my-1"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "As a chart" : "As a table"}
        </Button>
      }
    >
      <Legend series={series} view={view} isLoading={data === undefined} />
      <div className={classNames("min-h-[13.75rem]", query.isPlaceholderData && "stale-content")}>
        {chart === undefined ? (
          <div role="status" aria-label="Loading" className="px-3.5 pt-3">
            <Skeleton className="h-44" />
          </div>
        ) : asTable ? (
          <TimeColumnsTable chart={chart} series={series} label="Failures by cause" />
        ) : (
          <TimeColumnsChart
            chart={chart}
            label="Failures by cause. Arrow keys go from one to the next, Enter shows only it."
            chosen={view.from || null}
            onChoose={({ at, end }) =>
              onChange(view.from === at ? { from: "", to: "" } : { from: at, to: end })
            }
          />
        )}
      </div>
      {data?.heard.every((part) => part === null) ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-muted">
          No registry log is connected, so a pull that the registry refuses may go unseen.{" "}
          <Link
            href={sourcesHref(view.registry, registries)}
            prefetch={false}
            className="text-accent underline"
          >
            Connect its log
          </Link>
        </p>
      ) : null}
    </Card>
  );
}

function nameSeries({ series }: FailureSeries): ChartSeries[] {
  const colours = chooseColours(series.map(({ key }) => key));
  return series.map((one, index) => ({
    ...one,
    label: wordOf(one.key),
    colour: colours[index] ?? restColour,
  }));
}

function wordOf(key: string | null): string {
  const cause = toCause(key);
  return cause === null ? "Other causes" : causeWords[cause];
}

function toCause(key: string | null): FailureCause | null {
  return failureCauseSchema.safeParse(key).data ?? null;
}

function Legend({
  series,
  view,
  isLoading,
}: {
  series: readonly ChartSeries[];
  view: FailureView;
  isLoading: boolean;
}) {
  return (
    <ul
      aria-label="Causes"
      className={classNames(
        "flex min-h-8 flex-wrap items-center gap-x-1 gap-y-0.5 px-2 pt-2",
        // So many lines as five causes and the rest usually need.
        isLoading && "max-sm:h-[5.25rem] max-2xl:h-15",
      )}
    >
      {series.map(({ key, label, colour }) => {
        const cause = toCause(key);
        const words = (
          <>
            <span aria-hidden="true" className={classNames("size-2.5 rounded-[3px] bg-current", colour)} />
            {label}
          </>
        );
        const look = "inline-flex h-6 items-center gap-1.5 rounded-[5px] px-1.5 text-small text-muted";
        return (
          <li key={key}>
            {cause === null ? (
              <span className={look}>{words}</span>
            ) : (
              <ViewLink
                href={failureViewHref(view, { cause: view.cause === cause ? "" : cause })}
                aria-current={view.cause === cause ? "true" : undefined}
                className={`${look} hover:bg-sunken hover:text-ink`}
              >
                {words}
              </ViewLink>
            )}
          </li>
        );
      })}
    </ul>
  );
}
