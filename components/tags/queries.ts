import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import type { Page } from "#lib/http/page-schema";
import type { TagItem, TagMoveItem } from "#lib/inventory/schema";
import { fetchJson } from "@/components/query/fetch-json";
import { refetchFirstPageOnly } from "@/components/query/refetch-first-page";
import { type TagView, toTagQuery } from "@/components/tags/tag-view";

export const firstTagPageSize = 60;
const laterTagPageSize = 500;
export const historyPageSize = 50;

export const tagKeys = {
  /** Everything about the tags of one repository: invalidate it after a change. */
  repository: (registry: string, repository: string) => ["tags", registry, repository] as const,
  list: (view: TagView) => ["tags", view.registry, view.repository, "list", toTagQuery(view)] as const,
  history: (registry: string, repository: string, tag: string | null) =>
    ["tags", registry, repository, "history", tag] as const,
};

export function tagsQuery(view: TagView) {
  return infiniteQueryOptions({
    queryKey: tagKeys.list(view),
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<TagItem>>("/api/v1/tags", {
        query: {
          ...toTagQuery(view),
          cursor: pageParam,
          limit: pageParam === null ? firstTagPageSize : laterTagPageSize,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchOnMount: refetchFirstPageOnly,
    refetchOnWindowFocus: refetchFirstPageOnly,
  });
}

/** Times of the newest pushes in a view, to tell how many came since. */
export async function fetchNewestTags(view: TagView, signal: AbortSignal): Promise<string[]> {
  const page = await fetchJson<Page<TagItem>>("/api/v1/tags", {
    query: { ...toTagQuery(view), sort: "-pushedAt", limit: 20 },
    signal,
  });
  return page.items.map((item) => item.pushedAt);
}

/** Moves of one tag, or of every tag of the repository. */
export function tagHistoryQuery(registry: string, repository: string, tag: string | null) {
  return infiniteQueryOptions({
    queryKey: tagKeys.history(registry, repository, tag),
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<TagMoveItem>>("/api/v1/tag-history", {
        query: { registry, repository, tag, cursor: pageParam, limit: historyPageSize },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
