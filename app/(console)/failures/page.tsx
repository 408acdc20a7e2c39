import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { getFailure, listFailures } from "#lib/failures/incident-service";
import { listFailureSeries } from "#lib/failures/series-service";
import { getPageContext } from "#lib/http/page-context";
import { type SearchParams, toUrlSearch } from "#lib/http/page-search";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { parseFailureView } from "@/components/failures/failure-view";
import { windowFacts } from "@/components/failures/failure-window";
import { FailuresPage } from "@/components/failures/failures-page";
import {
  failureQuery,
  failureSeriesQuery,
  firstIncidentPage,
  incidentsQuery,
  type SeriesBy,
  type SeriesOf,
  toIncidentsQuery,
  toSeriesQuery,
} from "@/components/failures/queries";
import { createQueryClient } from "@/components/query/query-client";
import { readPreferences } from "@/components/shell/read-preferences";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Failed pulls" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await getPageContext();
  const { principal } = ctx;
  if (!isPermittedSomewhere(principal, "failures.read"))
    return <ForbiddenState what="see failed pulls" permission="failures.read" />;
  const view = parseFailureView(toUrlSearch(await searchParams));
  const [registries, { utc }] = await Promise.all([listVisibleRegistries(ctx), readPreferences()]);
  const client = createQueryClient();
  const now = ctx.now.getTime();
  const chart = (by: SeriesBy, of: SeriesOf) =>
    client.prefetchQuery({
      ...failureSeriesQuery(view, by, of, "UTC"),
      queryFn: () => listFailureSeries(ctx, toSeriesQuery(view, by, of, "UTC", now)),
    });
  // Where days begin only the browser knows; hours begin everywhere at once.
  const knowsZone = utc || windowFacts[view.window].step === "hour";
  await Promise.all([
    client.prefetchInfiniteQuery({
      ...incidentsQuery(view),
      queryFn: () => listFailures(ctx, { ...toIncidentsQuery(view, now), limit: firstIncidentPage }),
    }),
    view.failure === ""
      ? undefined
      : client.prefetchQuery({ ...failureQuery(view.failure), queryFn: () => getFailure(ctx, view.failure) }),
    ...(knowsZone
      ? [
          chart("cause", "whole"),
          chart("repository", "whole"),
          chart("principal", "part"),
          chart("client", "part"),
          chart("cluster", "part"),
        ]
      : []),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <FailuresPage
        registries={registries.map(toRegistryState).map(({ slug, name }) => ({ slug, name }))}
        mayWrite={isPermittedSomewhere(principal, "failures.write")}
      />
    </HydrationBoundary>
  );
}
