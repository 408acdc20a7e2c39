import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Page } from "#lib/http/page-schema";
import type { TagMoveItem } from "#lib/inventory/schema";
import { fetchJson } from "@/components/query/fetch-json";

export function tagHistoryQuery(registry: string, repository: string, tag: string) {
  return infiniteQueryOptions({
    queryKey: ["tag-history", registry, repository, tag] as const,
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<TagMoveItem>>("/api/v1/tag-history", {
        query: { registry, repository, tag, cursor: pageParam, limit: 20 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
