import { createAlertRuleBody } from "#lib/alerts/schema";
import { createAlertRule } from "#lib/alerts/service";
import { evaluateAlerts } from "#lib/alerts/service-evaluate";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { testContext } from "#lib/testing/connect-test-registry";

export function contextAt(now: Date): Context {
  return { ...testContext, now };
}

/** Makes a rule at a time; every part that is not given is as it is by default. */
export async function makeRule(
  condition: object,
  channel: object,
  more: { now?: Date; coolDownMinutes?: number } = {},
) {
  const { now = new Date(), ...rest } = more;
  return createAlertRule(contextAt(now), createAlertRuleBody.parse({ condition, channel, ...rest }));
}

export async function listKinds(rule: string): Promise<string[]> {
  const rows = await db().alertDelivery.findMany({ where: { ruleId: rule }, orderBy: { createdAt: "asc" } });
  return rows.map(({ kind }) => kind);
}

/** Looks at a time, and says which notices the rule has had. */
export async function lookAt(rule: string, now: Date): Promise<string[]> {
  await evaluateAlerts(now);
  return listKinds(rule);
}
