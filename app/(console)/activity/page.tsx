import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { activitySeriesQuery } from "#lib/activity/schema";
import { listActivitySeries } from "#lib/activity/service";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { type SearchParams, toUrlSearch } from "#lib/http/page-search";
import { listVisibleRegistries } from "#lib/inventory/service-access";
import { listTeams } from "#lib/teams/service";
import { ActivityPage } from "@/components/activity/activity-page";
import { parseActivityView } from "@/components/activity/activity-view";
import { activityChartQuery } from "@/components/activity/queries";
import { createQueryClient } from "@/components/query/query-client";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Activity" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await getPageContext();
  if (!isPermittedSomewhere(ctx.principal, "activity.read"))
    return <ForbiddenState what="see the activity" permission="activity.read" />;
  const view = parseActivityView(toUrlSearch(await searchParams));
  const chart = activityChartQuery(view, ctx.now.getTime());
  const client = createQueryClient();
  const mayReadTeams = isPermittedSomewhere(ctx.principal, "teams.read");
  const [registries, { items: teams }] = await Promise.all([
    listVisibleRegistries(ctx),
    mayReadTeams ? listTeams(ctx, { limit: 50, sort: "slug" }) : { items: [] },
    client.prefetchQuery({
      ...chart,
      queryFn: () => listActivitySeries(ctx, activitySeriesQuery.parse(chart.queryKey[2])),
    }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ActivityPage
        registries={registries.map(({ slug, name }) => ({ slug, name }))}
        teams={teams.map(({ slug, name }) => ({ slug, name }))}
      />
    </HydrationBoundary>
  );
}
