"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ActivityView, activityHref } from "@/components/activity/activity-view";
import { type ActivityBar, prepareActivityBars } from "@/components/activity/prepare-activity-bars";
import { activityTopQuery } from "@/components/activity/queries";
import { describeError } from "@/components/query/api-error";
import { useNow } from "@/components/shell/clock-provider";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/format-bytes";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ViewLink } from "@/components/ui/view-link";

const titles = { repository: "Repositories", team: "Teams", principal: "Principals" };

/** Who or what has most of it. A bar narrows the page to itself, and a second click widens it again. */
export function ActivityBars({ view, by }: { view: ActivityView; by: keyof typeof titles }) {
  const [action, setAction] = useState<"pull" | "push">("pull");
  const query = useQuery(activityTopQuery(view, useNow(), by, action));
  const bars = query.data ? prepareActivityBars(query.data, by, view) : null;
  return (
    <Card
      title={titles[by]}
      actions={
        <fieldset className="flex gap-1">
          <legend className="sr-only">{titles[by]} by</legend>
          {(["pull", "push"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={action === one}
              onClick={() => setAction(one)}
              className={classNames(
                "h-6 rounded-control px-2 text-small",
                action === one ? "bg-accent-soft font-medium text-accent" : "text-muted hover:bg-sunken",
              )}
            >
              {one === "pull" ? "pulls" : "pushes"}
            </button>
          ))}
        </fieldset>
      }
    >
      {query.isError && !bars ? (
        <ErrorState title="These did not come" onRetry={() => void query.refetch()}>
          {describeError(query.error)}
        </ErrorState>
      ) : bars === null ? (
        <SkeletonRows rows={6} rowHeight={32} />
      ) : bars.length === 0 ? (
        <p className="px-3.5 py-6 text-muted">{action === "pull" ? "No pull is known." : "No push."}</p>
      ) : (
        <ul className={classNames("px-2 py-2", query.isPlaceholderData && "stale-content")}>
          {bars.map((bar) => (
            <BarLine
              key={`${bar.isName} ${bar.label}`}
              bar={bar}
              view={view}
              fill={action === "pull" ? "bg-accent" : "bg-(--chart-2)"}
            />
          ))}
        </ul>
      )}
      {by === "team" && bars !== null && bars.length > 1 ? (
        <p className="px-3.5 pb-2.5 text-small text-faint">
          A repository of several teams counts for each of them.
        </p>
      ) : null}
    </Card>
  );
}

function BarLine({ bar, view, fill }: { bar: ActivityBar; view: ActivityView; fill: string }) {
  const inside = (
    <>
      <span className="flex items-baseline gap-3">
        <span className={classNames("min-w-0 flex-1", bar.isName ? "" : "text-faint")}>
          {bar.isName ? <SafeText text={bar.label} mono clip="wide" /> : bar.label}
        </span>
        <span className="whitespace-nowrap text-muted">{formatCount(bar.total)}</span>
      </span>
      <span aria-hidden="true" className="mt-1 block h-1 overflow-hidden rounded-full bg-sunken">
        <span
          className={classNames("block h-full rounded-full", bar.isName ? fill : "bg-line-strong")}
          style={{ width: `${Math.max(bar.share * 100, 0.5)}%` }}
        />
      </span>
    </>
  );
  const box = "block rounded-control px-1.5 py-1";
  return (
    <li>
      {bar.change ? (
        <ViewLink
          href={activityHref(view, bar.change)}
          aria-current={bar.isChosen ? "true" : undefined}
          className={classNames(box, bar.isChosen ? "bg-accent-soft" : "hover:bg-sunken")}
        >
          {inside}
        </ViewLink>
      ) : (
        <div className={box}>{inside}</div>
      )}
    </li>
  );
}
