import type { AlertState } from "#lib/alerts/rules-alert";
import type { AlertMessage } from "#lib/alerts/rules-message";
import type { Attempt } from "#lib/alerts/send-message";
import type { Db, Tx } from "#lib/db/client";
import type { Prisma } from "#lib/db/generated/client";
import type { UuidKeyset } from "#lib/http/uuid-keyset";

const withRegistry = { registry: { select: { slug: true } } } satisfies Prisma.AlertRuleInclude;
export type RuleRow = Prisma.AlertRuleGetPayload<{ include: typeof withRegistry }>;

export async function listRuleRows(db: Db, keyset: UuidKeyset, take: number): Promise<RuleRow[]> {
  return db.alertRule.findMany({
    where: keyset.where,
    orderBy: keyset.orderBy,
    take,
    include: withRegistry,
  });
}

export async function findRuleRow(db: Db | Tx, id: string): Promise<RuleRow | null> {
  return db.alertRule.findUnique({ where: { id }, include: withRegistry });
}

/** Locked until the end of the transaction, so that nobody evaluates what is being changed. */
export async function lockRuleRow(tx: Tx, id: string): Promise<RuleRow | null> {
  await tx.$queryRaw`SELECT id FROM alert_rule WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return findRuleRow(tx, id);
}

export async function insertRule(tx: Tx, data: Prisma.AlertRuleUncheckedCreateInput): Promise<RuleRow> {
  return tx.alertRule.create({ data, include: withRegistry });
}

export async function updateRule(
  tx: Tx,
  id: string,
  data: Prisma.AlertRuleUncheckedUpdateInput,
): Promise<RuleRow> {
  return tx.alertRule.update({ where: { id }, data, include: withRegistry });
}

export async function deleteRule(tx: Tx, id: string): Promise<void> {
  await tx.alertRule.delete({ where: { id } });
}

export interface RuleStanding {
  firing: number;
  last: { createdAt: Date; kind: string; state: string } | null;
}

/** How many things each rule fires about, and its newest notice. */
export async function listStandings(
  db: Db | Tx,
  ruleIds: readonly string[],
): Promise<Map<string, RuleStanding>> {
  const ids = [...ruleIds];
  const rows = await db.$queryRaw<
    { id: string; firing: number; created_at: Date | null; kind: string | null; state: string | null }[]
  >`
    SELECT r.id, (SELECT count(*) FROM alert a WHERE a.rule_id = r.id AND a.state = 'firing')::int AS firing,
      d.created_at, d.kind, d.state
    FROM unnest(${ids}::uuid[]) AS r(id) LEFT JOIN LATERAL (SELECT created_at, kind, state FROM alert_delivery d
      WHERE d.rule_id = r.id ORDER BY d.created_at DESC, d.id DESC LIMIT 1) d ON true`;
  return new Map(
    rows.map(({ id, firing, created_at, kind, state }) => [
      id,
      {
        firing,
        last: created_at && kind !== null && state !== null ? { createdAt: created_at, kind, state } : null,
      },
    ]),
  );
}

export async function listDueRules(db: Db, before: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM alert_rule WHERE enabled AND (evaluated_at IS NULL OR evaluated_at <= ${before})
    ORDER BY evaluated_at NULLS FIRST, id`;
  return rows.map(({ id }) => id);
}

/** Takes a rule for this transaction, unless somebody else has it or was first. */
export async function takeDueRule(tx: Tx, id: string, before: Date, now: Date): Promise<RuleRow | null> {
  const taken = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM alert_rule WHERE id = ${id}::uuid AND enabled AND (evaluated_at IS NULL OR evaluated_at <= ${before})
    FOR NO KEY UPDATE SKIP LOCKED`;
  return taken.length === 0 ? null : updateRule(tx, id, { evaluatedAt: now });
}

export async function postponeRule(db: Db, id: string, now: Date): Promise<void> {
  await db.alertRule.updateMany({ where: { id }, data: { evaluatedAt: now } });
}

type AlertRow = Prisma.AlertGetPayload<object>;

export async function listAlertRows(tx: Tx, ruleId: string): Promise<AlertRow[]> {
  return tx.alert.findMany({ where: { ruleId } });
}

export async function writeAlerts(tx: Tx, ruleId: string, alerts: readonly AlertState[]): Promise<void> {
  for (const { subject, state, since, told, noticedAt, facts } of alerts) {
    const occurrence = { ...facts, since: facts.since.toISOString() };
    const data = { state, since, told, noticedAt, occurrence };
    await tx.alert.upsert({
      where: { ruleId_subject: { ruleId, subject } },
      create: { ruleId, subject, ...data },
      update: data,
    });
  }
}

export async function deleteAlerts(tx: Tx, ruleId: string): Promise<void> {
  await tx.alert.deleteMany({ where: { ruleId } });
}

export async function insertDelivery(
  tx: Tx,
  ruleId: string,
  message: AlertMessage,
  now: Date,
): Promise<string> {
  const row = await tx.alertDelivery.create({
    data: { ruleId, kind: message.kind, createdAt: now, message },
    select: { id: true },
  });
  return row.id;
}

const withAttempts = {
  attempts: { orderBy: { id: "asc" as const }, take: 20 },
} satisfies Prisma.AlertDeliveryInclude;
export type DeliveryRow = Prisma.AlertDeliveryGetPayload<{ include: typeof withAttempts }>;

export async function listDeliveryRows(
  db: Db,
  ruleId: string | null,
  keyset: UuidKeyset,
  take: number,
): Promise<DeliveryRow[]> {
  return db.alertDelivery.findMany({
    where: { AND: [ruleId === null ? {} : { ruleId }, keyset.where] },
    orderBy: keyset.orderBy,
    take,
    include: withAttempts,
  });
}

/** A notice that is still to be sent, and the rule that says where to. */
export async function findWaitingDelivery(db: Db, id: string) {
  return db.alertDelivery.findFirst({ where: { id, state: "waiting" }, include: { rule: true } });
}

/** Notes one attempt, and what it means for the notice; nothing when the rule is gone. */
export async function recordAttempt(
  db: Db,
  deliveryId: string,
  attempt: Attempt,
  state: "waiting" | "delivered" | "given-up",
  now: Date,
): Promise<void> {
  await db.$executeRaw`
    WITH d AS (
      UPDATE alert_delivery SET state = CASE WHEN state = 'delivered' THEN state ELSE ${state} END,
        settled_at = CASE WHEN ${state} = 'waiting' OR state = 'delivered' THEN settled_at ELSE ${now} END
      WHERE id = ${deliveryId}::uuid RETURNING id)
    INSERT INTO alert_attempt (delivery_id, at, outcome, status)
    SELECT id, ${now}, ${attempt.outcome}, ${attempt.status}::int FROM d`;
}

/** Notices whose job died with its last worker and will not be tried again. */
export async function giveUpForgotten(db: Db, before: Date, now: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE alert_delivery d SET state = 'given-up', settled_at = ${now}
    WHERE d.state = 'waiting' AND d.created_at < ${before} AND NOT EXISTS (SELECT FROM graphile_worker.jobs j
      WHERE j.key = 'alert:' || d.id AND (j.attempts < j.max_attempts OR j.locked_at IS NOT NULL))`;
}

/** The log is kept for a while, and what was over long ago is no longer needed to hold back a notice. */
export async function pruneAlerts(db: Db, deliveriesBefore: Date, alertsBefore: Date): Promise<void> {
  await db.alertDelivery.deleteMany({
    where: { createdAt: { lt: deliveriesBefore }, state: { not: "waiting" } },
  });
  await db.alert.deleteMany({ where: { state: "resolved", since: { lt: alertsBefore } } });
}

export async function countEnabledRules(tx: Tx): Promise<number> {
  return tx.alertRule.count({ where: { enabled: true } });
}

export async function countTestsSince(tx: Tx, ruleId: string, since: Date): Promise<number> {
  return tx.alertDelivery.count({ where: { ruleId, kind: "test", createdAt: { gt: since } } });
}
