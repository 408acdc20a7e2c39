import type { ApiKey } from "#lib/api-keys/schema";
import { listQuery } from "@/components/settings/list-query";

export const apiKeysKey = ["api-keys"] as const;

export function apiKeysQuery(filters: { owner?: string; all?: "true" } = {}) {
  return listQuery<ApiKey>(apiKeysKey, "/api/v1/api-keys", filters);
}
