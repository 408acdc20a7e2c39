import { queryOptions } from "@tanstack/react-query";
import type { Enforcement } from "#lib/enforcement/schema";
import { fetchJson } from "@/components/query/fetch-json";
import { registryPath } from "@/components/registries/queries";

export const enforcementKey = ["enforcement"] as const;

export function enforcementPath(slug: string): string {
  return `${registryPath(slug)}/enforcement`;
}

export function enforcementQuery(slug: string) {
  return queryOptions({
    queryKey: [...enforcementKey, slug],
    queryFn: ({ signal }) => fetchJson<Enforcement>(enforcementPath(slug), { signal }),
  });
}
