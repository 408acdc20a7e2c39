import { z } from "zod";
import { formatConditionTitle, formatRule } from "#lib/alerts/format-rule";
import type { AlertFacts, AlertState } from "#lib/alerts/rules-alert";
import type { NamedRule } from "#lib/alerts/rules-message";
import { type AlertRule, alertRuleSchema, type ChannelKind, type Condition } from "#lib/alerts/schema";
import type { listAlertRows, RuleRow, RuleStanding } from "#lib/alerts/store";

export function readCondition(row: RuleRow): Condition {
  const registry = row.registry?.slug ?? null;
  const kind = row.kind as Condition["kind"];
  if (kind !== "failure-rate") return { kind, registry };
  return {
    kind,
    moreThan: row.moreThan ?? 0,
    minutes: row.minutes ?? 1,
    registry,
    pattern: row.pattern,
  };
}

/** What is said of a rule in notices and in the audit. */
export function nameRule(row: RuleRow): NamedRule {
  const condition = readCondition(row);
  return {
    id: row.id,
    sentence: formatRule(row.channelName, condition),
    title: formatConditionTitle(condition),
    kind: condition.kind,
  };
}

export function showRule(row: RuleRow, standing: RuleStanding | undefined): AlertRule {
  const last = standing?.last ?? null;
  return {
    id: row.id,
    sentence: nameRule(row).sentence,
    condition: readCondition(row),
    channel: {
      kind: row.channelKind as ChannelKind,
      name: row.channelName,
      target: row.channelTarget,
      to: row.recipients,
    },
    coolDownMinutes: row.coolDownMinutes,
    enabled: row.enabled,
    firing: standing?.firing ?? 0,
    lastDelivery:
      last &&
      alertRuleSchema.shape.lastDelivery.parse({
        at: last.createdAt.toISOString(),
        kind: last.kind,
        state: last.state,
      }),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdByName,
  };
}

/** The state of a rule as the audit keeps it: no address and no secret. */
export function summariseRule(row: RuleRow) {
  const { channelKind: kind, channelName: name, channelTarget: target, coolDownMinutes, enabled } = row;
  return { rule: nameRule(row).sentence, channel: { kind, name, target }, coolDownMinutes, enabled };
}

const factsSchema = z.object({
  text: z.string(),
  registry: z.string().nullable(),
  repository: z.string().nullable(),
  since: z.coerce.date(),
}) satisfies z.ZodType<AlertFacts>;

export function readAlert(row: Awaited<ReturnType<typeof listAlertRows>>[number]): AlertState {
  const { subject, since, told, noticedAt } = row;
  const state = row.state === "firing" ? "firing" : "resolved";
  return { subject, state, since, told, noticedAt, facts: factsSchema.parse(row.occurrence) };
}
