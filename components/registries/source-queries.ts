import { queryOptions } from "@tanstack/react-query";
import type { Source } from "#lib/events/schema";
import { fetchJson, toSearch } from "@/components/query/fetch-json";

export const sourcesKey = ["sources"] as const;

export function sourcesQuery(registry: string) {
  return queryOptions({
    queryKey: [...sourcesKey, registry],
    queryFn: ({ signal }) =>
      fetchJson<{ items: Source[] }>(`/api/v1/sources${toSearch({ registry })}`, { signal }),
    refetchInterval: 10_000,
  });
}

export function unreadableQuery(id: number) {
  return queryOptions({
    queryKey: [...sourcesKey, "unreadable", id],
    queryFn: ({ signal }) =>
      fetchJson<{ items: { receivedAt: string; sample: string }[] }>(`/api/v1/sources/${id}/unreadable`, {
        signal,
      }),
  });
}
