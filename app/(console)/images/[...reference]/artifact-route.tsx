import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Context } from "#lib/auth/context";
import { platformParamSchema } from "#lib/inventory/schema";
import { getArtifact } from "#lib/inventory/service-artifact";
import { getRepository } from "#lib/inventory/service-repositories";
import { listTagHistory } from "#lib/inventory/service-tags";
import { ArtifactPage } from "@/components/artifacts/artifact-page";
import { artifactQuery } from "@/components/artifacts/queries";
import { createQueryClient } from "@/components/query/query-client";
import { repositoryDetailQuery } from "@/components/repositories/queries";
import { historyPageSize, tagHistoryQuery } from "@/components/tags/queries";

/** A tag or a digest with what its page begins with already in the HTML. What fails is asked for by the browser. */
export async function ArtifactRoute({
  ctx,
  registry,
  repository,
  reference,
  tag,
  search,
}: {
  ctx: Context;
  registry: string;
  repository: string;
  /** The tag, or the digest where the address has only that. */
  reference: string;
  tag: string | null;
  search: URLSearchParams;
}) {
  const platform = search.get("platform");
  const wanted = platformParamSchema.optional().safeParse(platform ?? undefined);
  const client = createQueryClient();
  await Promise.all([
    wanted.success
      ? client.prefetchQuery({
          ...artifactQuery({ registry, repository, reference }, platform),
          queryFn: () =>
            getArtifact(ctx, { registry, repository, reference, platform: wanted.data, deleted: "true" }),
          retry: false,
        })
      : undefined,
    client.prefetchQuery({
      ...repositoryDetailQuery(registry, repository),
      queryFn: () => getRepository(ctx, { registry, repository }),
      retry: false,
    }),
    tag === null
      ? undefined
      : client.prefetchInfiniteQuery({
          ...tagHistoryQuery(registry, repository, tag),
          queryFn: () => listTagHistory(ctx, { registry, repository, tag, limit: historyPageSize }),
          retry: false,
        }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ArtifactPage registry={registry} repository={repository} reference={reference} />
    </HydrationBoundary>
  );
}
