"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { ActiveRepositories } from "@/components/activity/active-repositories";
import { ActivityBars } from "@/components/activity/activity-bars";
import { ActivityCharts } from "@/components/activity/activity-charts";
import { ActivityFilters } from "@/components/activity/activity-filters";
import {
  type ActivityView,
  activityHref,
  isNarrowed,
  parseActivityView,
} from "@/components/activity/activity-view";
import { describeUnknown, prepareActivityTitle } from "@/components/activity/prepare-activity-title";
import { PublishingTable } from "@/components/activity/publishing-table";
import { activityChartQuery, neverPulledQuery } from "@/components/activity/queries";
import { describeError } from "@/components/query/api-error";
import { useNow } from "@/components/shell/clock-provider";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { ViewLink } from "@/components/ui/view-link";

interface Choice {
  slug: string;
  name: string;
}

/** How much was pushed and pulled, of what and by whom. All of its state is in the address. */
export function ActivityPage({
  registries,
  teams,
}: {
  registries: readonly Choice[];
  teams: readonly Choice[];
}) {
  const search = useSearchParams();
  const view = useMemo(() => parseActivityView(new URLSearchParams(search)), [search]);
  const query = useQuery(activityChartQuery(view, useNow()));
  const never = useQuery(neverPulledQuery(view));
  const series = query.data;
  const unknown = series ? describeUnknown(series) : null;
  return (
    <>
      <PageHeader
        title={series ? prepareActivityTitle(series, view, never.data?.neverPulled ?? null) : "Activity"}
      >
        <p className="min-h-[19px]">Days are those of UTC. {unknown}</p>
      </PageHeader>
      <ActivityFilters view={view} registries={registries} teams={teams} />
      {query.isError && !series ? (
        <Card>
          <ErrorState title="The activity did not come" onRetry={() => void query.refetch()}>
            {describeError(query.error)}
          </ErrorState>
        </Card>
      ) : !series ? (
        <Card>
          <div role="status" aria-label="Loading" className="flex flex-col gap-4 p-3.5">
            <Skeleton className="h-40 w-full" />
            <Skeleton className="h-40 w-full" />
          </div>
        </Card>
      ) : series.total === 0 && series.totalBefore === 0 ? (
        <Card>{isNarrowed(view) ? <NothingMatches /> : <NothingTold />}</Card>
      ) : (
        <div className={classNames("flex flex-col gap-4", query.isPlaceholderData && "stale-content")}>
          <ActivityCharts view={view} series={series} />
          <Parts view={view} hasTeams={teams.length > 0} />
        </div>
      )}
    </>
  );
}

function Parts({ view, hasTeams }: { view: ActivityView; hasTeams: boolean }) {
  return (
    <>
      <div
        className={classNames("grid gap-4", hasTeams ? "md:grid-cols-2 xl:grid-cols-3" : "md:grid-cols-2")}
      >
        <ActivityBars view={view} by="repository" />
        {hasTeams ? <ActivityBars view={view} by="team" /> : null}
        <ActivityBars view={view} by="principal" />
      </div>
      <div className="grid items-start gap-4 2xl:grid-cols-2">
        <PublishingTable view={view} />
        <ActiveRepositories view={view} />
      </div>
    </>
  );
}

function NothingMatches() {
  return (
    <EmptyState
      title="Nothing matches"
      action={
        <ViewLink
          href={activityHref(parseActivityView(new URLSearchParams()))}
          className="font-semibold text-accent hover:underline"
        >
          Without filters
        </ViewLink>
      }
    >
      Take a filter away, or widen the time.
    </EmptyState>
  );
}

function NothingTold() {
  return (
    <EmptyState
      title="No registry told of a push or a pull yet"
      action={<ButtonLink href="/registries">Registries</ButtonLink>}
    >
      <p>
        Have your registry send its notifications here: its page has the lines to paste. Each push, pull and
        deletion then counts on its day. More in the{" "}
        <Link href="/images" prefetch={false} className="text-accent underline">
          repositories
        </Link>{" "}
        that were read already.
      </p>
    </EmptyState>
  );
}
