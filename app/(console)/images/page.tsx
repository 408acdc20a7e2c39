import { setTimeout } from "node:timers/promises";
import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { type SearchParams, toUrlSearch } from "#lib/http/page-search";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import {
  listRepositories,
  listRepositoryFolders,
  summariseRepositories,
} from "#lib/inventory/service-repositories";
import { listTeams } from "#lib/teams/service";
import { createQueryClient } from "@/components/query/query-client";
import {
  firstFolderPageSize,
  firstPageSize,
  foldersQuery,
  repositoriesQuery,
  repositorySummaryQuery,
  toSummaryFilters,
} from "@/components/repositories/queries";
import { RepositoryList } from "@/components/repositories/repository-list";
import { parseRepositoryView, toRepositoryQuery } from "@/components/repositories/repository-view";

const countingMs = 20;

export const metadata: Metadata = { title: "Repositories" };

export default async function ImagesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await getPageContext();
  const view = parseRepositoryView(toUrlSearch(await searchParams));
  const mayReadTeams = isPermittedSomewhere(ctx.principal, "teams.read");
  const [visible, { items: teams }] = await Promise.all([
    listVisibleRegistries(ctx),
    mayReadTeams ? listTeams(ctx, { limit: 50, sort: "slug" }) : { items: [] },
  ]);
  const registries = visible.map(toRegistryState);
  const client = createQueryClient();
  const only = registries.length === 1 ? registries[0]?.slug : view.registry;
  const counted = client.prefetchQuery({
    ...repositorySummaryQuery(view),
    queryFn: () => summariseRepositories(ctx, toSummaryFilters(view)),
  });
  await Promise.all([
    client.prefetchInfiniteQuery({
      ...repositoriesQuery(view),
      queryFn: () => listRepositories(ctx, { ...toRepositoryQuery(view), limit: firstPageSize }),
    }),
    only
      ? client.prefetchInfiniteQuery({
          ...foldersQuery(only, ""),
          queryFn: () =>
            listRepositoryFolders(ctx, { registry: only, parent: "", limit: firstFolderPageSize }),
        })
      : undefined,
  ]);
  // The rows do not wait long for the counts: of a hundred thousand repositories they are asked for by the browser.
  await Promise.race([counted, setTimeout(countingMs)]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <RepositoryList
        registries={registries}
        teams={teams.map(({ slug, name }) => ({ slug, name }))}
        mayConnect={isPermitted(ctx.principal, "registries.write")}
      />
    </HydrationBoundary>
  );
}
