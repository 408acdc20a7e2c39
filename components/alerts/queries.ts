import type { AlertDelivery, AlertRule } from "#lib/alerts/schema";
import { listQuery } from "@/components/settings/list-query";

export const alertRulesKey = ["alert-rules"] as const;
export const alertDeliveriesKey = ["alert-deliveries"] as const;

const everyMs = 5_000;

export function alertRulesQuery() {
  return { ...listQuery<AlertRule>(alertRulesKey, "/api/v1/alert-rules"), refetchInterval: everyMs };
}

/** The log of one rule; what is on its way settles while somebody looks. */
export function alertDeliveriesQuery(rule: string) {
  return {
    ...listQuery<AlertDelivery>(alertDeliveriesKey, "/api/v1/alert-deliveries", { rule }),
    refetchInterval: everyMs,
  };
}
