import { queryOptions } from "@tanstack/react-query";
import type { AuditChain } from "#lib/audit/schema";
import { fetchJson } from "@/components/query/fetch-json";

// The worker looks once a minute.
const refetchMs = 30_000;

export const auditChainQuery = queryOptions({
  queryKey: ["audit-chain"],
  queryFn: ({ signal }) => fetchJson<AuditChain>("/api/v1/audit-events/chain", { signal }),
  refetchInterval: refetchMs,
});
