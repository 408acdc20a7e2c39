import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Context } from "#lib/auth/context";
import { orNotFound } from "#lib/http/or-not-found";
import { getRepository } from "#lib/inventory/service-repositories";
import { listTagHistory, listTags } from "#lib/inventory/service-tags";
import { createQueryClient } from "@/components/query/query-client";
import { firstTagPageSize, historyPageSize, tagHistoryQuery, tagsQuery } from "@/components/tags/queries";
import { RepositoryPage } from "@/components/tags/repository-page";
import { parseTagView, toTagQuery } from "@/components/tags/tag-view";

/** A repository with the first page of its tags, or of its history, already in the HTML. */
export async function RepositoryRoute({
  ctx,
  registry,
  repository,
  search,
}: {
  ctx: Context;
  registry: string;
  repository: string;
  search: URLSearchParams;
}) {
  const detail = await orNotFound(getRepository(ctx, { registry, repository }));
  const view = parseTagView(registry, repository, search);
  const client = createQueryClient();
  if (view.tab === "history")
    await client.prefetchInfiniteQuery({
      ...tagHistoryQuery(registry, repository, null),
      queryFn: () => listTagHistory(ctx, { registry, repository, limit: historyPageSize }),
    });
  else if (view.tab === "tags")
    await client.prefetchInfiniteQuery({
      ...tagsQuery(view),
      queryFn: () => listTags(ctx, { ...toTagQuery(view), limit: firstTagPageSize }),
    });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <RepositoryPage detail={detail} />
    </HydrationBoundary>
  );
}
