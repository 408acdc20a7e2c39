import { infiniteQueryOptions, keepPreviousData, type QueryKey } from "@tanstack/react-query";
import type { Page } from "#lib/http/page-schema";
import { fetchJson, type QueryValue } from "@/components/query/fetch-json";

/** A list of our API in keyset pages. */
export function listQuery<T>(queryKey: QueryKey, path: string, query: Record<string, QueryValue> = {}) {
  return infiniteQueryOptions({
    queryKey: [...queryKey, query],
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<T>>(path, { query: { ...query, cursor: pageParam, limit: 100 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}
