import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Page } from "#lib/http/page-schema";
import type { Sync } from "#lib/inventory/schema-sync";
import type { RegistryItem } from "#lib/registries/schema";
import { fetchJson } from "@/components/query/fetch-json";
import { isUnderWay } from "@/components/registries/describe-sync";

export const registriesKey = ["registries"] as const;
export const registryPageSize = 100;

export function registryPath(slug: string): string {
  return `/api/v1/registries/${encodeURIComponent(slug)}`;
}

export function registriesQuery() {
  return infiniteQueryOptions({
    queryKey: [...registriesKey, "list"],
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<RegistryItem>>("/api/v1/registries", {
        query: { cursor: pageParam, limit: registryPageSize },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 15_000,
  });
}

export function registryQuery(slug: string) {
  return queryOptions({
    queryKey: [...registriesKey, "one", slug],
    queryFn: ({ signal }) => fetchJson<RegistryItem>(registryPath(slug), { signal }),
    refetchInterval: 10_000,
  });
}

/** Asked each second while the registry is being read, and now and then otherwise: a schedule may start one. */
export function syncQuery(slug: string) {
  return queryOptions({
    queryKey: [...registriesKey, "sync", slug],
    queryFn: ({ signal }) => fetchJson<Sync>(`${registryPath(slug)}/sync`, { signal }),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? 1_000 : 15_000),
  });
}
