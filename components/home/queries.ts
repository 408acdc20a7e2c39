import { queryOptions } from "@tanstack/react-query";
import type { Home } from "#lib/home/schema";
import { fetchJson } from "@/components/query/fetch-json";

const underWay = new Set(["queued", "running", "stopping"]);

export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: ({ signal }) => fetchJson<Home>("/api/v1/home", { signal }),
  // Figures move while a sync runs; otherwise a look every half minute is enough.
  refetchInterval: ({ state }) =>
    state.data?.registries.some((registry) => underWay.has(registry.sync.state)) ? 2_000 : 30_000,
});
