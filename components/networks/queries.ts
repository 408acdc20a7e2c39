import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Page } from "#lib/http/page-schema";
import type { AllowedNetworkItem } from "#lib/registries/schema";
import { fetchJson } from "@/components/query/fetch-json";

/** The networks are few: the API answers all of them at once. */
export function networksQuery() {
  return infiniteQueryOptions({
    queryKey: ["allowed-networks"],
    queryFn: ({ signal }) => fetchJson<Page<AllowedNetworkItem>>("/api/v1/allowed-networks", { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: () => null,
  });
}
