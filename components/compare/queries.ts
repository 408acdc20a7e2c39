import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Comparison } from "#lib/compare/schema";
import type { SearchResult } from "#lib/search/schema";
import { fetchJson } from "@/components/query/fetch-json";

export function comparisonQuery(from: string, to: string, platform: string | null) {
  return queryOptions({
    queryKey: ["compare", from, to, platform] as const,
    queryFn: ({ signal }) =>
      fetchJson<Comparison>("/api/v1/compare", { query: { from, to, platform }, signal }),
    enabled: from !== "" && to !== "",
  });
}

export function suggestionsQuery(text: string) {
  return queryOptions({
    queryKey: ["search", text, 8] as const,
    queryFn: ({ signal }) =>
      fetchJson<SearchResult>("/api/v1/search", { query: { q: text, limit: 8 }, signal }),
    enabled: text.trim().length > 1,
    placeholderData: keepPreviousData,
  });
}
