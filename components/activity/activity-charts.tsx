"use client";

import dynamic from "next/dynamic";
import type { ActivitySeries } from "#lib/activity/schema";
import { type ActivityView, activityHref } from "@/components/activity/activity-view";
import { type ActivityColumn, prepareActivityColumns } from "@/components/activity/prepare-activity-columns";
import { totalOf } from "@/components/activity/prepare-activity-title";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-bytes";
import { Skeleton } from "@/components/ui/skeleton";

const ActivityChart = dynamic(() => import("@/components/activity/activity-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-full w-full" />,
});

const kinds = [
  { action: "pull", title: "Pulls", fill: "var(--chart-1)" },
  { action: "push", title: "Pushes", fill: "var(--chart-2)" },
  { action: "delete", title: "Deletions", fill: "var(--chart-4)" },
] as const;

/** Pulls and pushes one under the other, each on a scale of its own: there are many times more of the one. */
export function ActivityCharts({ view, series }: { view: ActivityView; series: ActivitySeries }) {
  const shown = kinds.filter(({ action }) => action !== "delete" || totalOf(series, "delete") > 0);
  const choose = ({ from, to }: ActivityColumn) => {
    const isChosen = view.from === from && view.to === to;
    const change = isChosen ? { from: "", to: "" } : { from, to };
    window.history.pushState(null, "", activityHref(view, change));
  };
  const hasUnknown = series.heard.some((share) => (share ?? 0) < 1);
  return (
    <Card
      title={`By ${series.step}`}
      detail="in UTC; a column narrows the page to its time"
      actions={
        hasUnknown ? (
          <span className="flex items-center gap-1.5 text-small text-muted">
            <span
              aria-hidden="true"
              className="hatched inline-block size-3 rounded-[3px] border border-line-strong"
            />
            pulls not wholly known
          </span>
        ) : undefined
      }
    >
      <div className="divide-y divide-line">
        {shown.map(({ action, title, fill }) => {
          const chart = prepareActivityColumns(series, action);
          return (
            <figure key={action} className="px-2 pt-2 pb-1 sm:px-3.5">
              <figcaption className="flex items-baseline gap-2 pb-1">
                <span aria-hidden="true" className="size-2 rounded-[2px]" style={{ background: fill }} />
                <span className="font-medium">{title}</span>
                <span className="text-muted">{formatCount(chart.total)}</span>
              </figcaption>
              <div role="img" aria-label={chart.summary} className={action === "delete" ? "h-20" : "h-36"}>
                <ActivityChart chart={chart} fill={fill} hatchId={`hatch-${action}`} onColumn={choose} />
              </div>
            </figure>
          );
        })}
      </div>
      <p className="border-t border-line px-3.5 py-2 text-small text-faint">
        Registries tell of each manifest. A pull of an image for several platforms counts at least twice: its
        index, and the manifest of a platform. A push counts once for each tag; platforms without a tag of
        their own are a part of it.
      </p>
    </Card>
  );
}
