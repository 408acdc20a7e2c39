import { queueMessage } from "#lib/alerts/queue-message";
import { nameRule, readCondition, showRule, summariseRule } from "#lib/alerts/read-rule";
import { alertMessageSchema, prepareMessage } from "#lib/alerts/rules-message";
import {
  type AlertDelivery,
  type AlertRule,
  alertDeliverySchema,
  type ChangeAlertRuleBody,
  type Condition,
  type CreateAlertRuleBody,
  type ListAlertDeliveriesQuery,
  type WrittenAlertRule,
} from "#lib/alerts/schema";
import { sealChannel } from "#lib/alerts/seal-channel";
import { noteWhatIsThere } from "#lib/alerts/service-evaluate";
import {
  countEnabledRules,
  countTestsSince,
  type DeliveryRow,
  deleteAlerts,
  deleteRule,
  insertRule,
  listDeliveryRows,
  listRuleRows,
  listStandings,
  lockRuleRow,
  type RuleRow,
  updateRule,
} from "#lib/alerts/store";
import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { resolveRegistry } from "#lib/auth/place";
import { db, type Tx } from "#lib/db/client";
import { ConflictError, NotFoundError, ThrottledError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { getBaseOrigin } from "#lib/http/same-origin";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";

const mostRules = 200;
const [mostTests, testsMs] = [10, 60_000];

/** Rules belong to the whole console, and so does what they tell: a role for a part of it reads none. */
export async function listAlertRules(
  ctx: Context,
  query: { cursor?: string; limit: number },
): Promise<Page<AlertRule>> {
  authorize(ctx, "alerts.read");
  const keyset = createUuidKeyset("createdAt", { createdAt: "time" }, query.cursor);
  const rows = await listRuleRows(db(), keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  const standings = await listStandings(
    db(),
    page.items.map(({ id }) => id),
  );
  return { ...page, items: page.items.map((row) => showRule(row, standings.get(row.id))) };
}

/** The signing secret of a webhook is answered this once. */
export async function createAlertRule(ctx: Context, body: CreateAlertRuleBody): Promise<WrittenAlertRule> {
  authorize(ctx, "alerts.write");
  const { columns, secret } = sealChannel(body.channel, null);
  return db().$transaction(async (tx) => {
    if (body.enabled) await requireRoom(tx);
    const row = await insertRule(tx, {
      ...columns,
      ...(await toColumns(tx, body.condition)),
      coolDownMinutes: body.coolDownMinutes,
      enabled: body.enabled,
      enabledAt: ctx.now,
      createdAt: ctx.now,
      createdByName: ctx.principal.name,
    });
    if (row.enabled) await noteWhatIsThere(tx, row, ctx.now);
    const after = summariseRule(row);
    await recordAudit(tx, ctx, { action: "alert-rule.create", target: after.rule, after });
    return { rule: showRule(row, undefined), secret };
  });
}

/** A rule that is changed or switched on begins anew: what fired before is forgotten, without a word. */
export async function changeAlertRule(
  ctx: Context,
  id: string,
  body: ChangeAlertRuleBody,
): Promise<WrittenAlertRule> {
  authorize(ctx, "alerts.write");
  return db().$transaction(async (tx) => {
    const before = await getLocked(tx, id);
    if (body.enabled && !before.enabled) await requireRoom(tx);
    const sealed = body.channel === undefined ? null : sealChannel(body.channel, before);
    const condition = body.condition ?? readCondition(before);
    const isChanged = JSON.stringify(condition) !== JSON.stringify(readCondition(before));
    const enabled = body.enabled ?? before.enabled;
    const beginsAnew = enabled && (isChanged || !before.enabled);
    const row = await updateRule(tx, id, {
      ...sealed?.columns,
      ...(isChanged ? await toColumns(tx, condition) : {}),
      coolDownMinutes: body.coolDownMinutes ?? before.coolDownMinutes,
      enabled,
      ...(beginsAnew ? { enabledAt: ctx.now, evaluatedAt: null } : {}),
    });
    if (beginsAnew || !enabled) await deleteAlerts(tx, id);
    if (beginsAnew) await noteWhatIsThere(tx, row, ctx.now);
    const channel = body.channel;
    await recordAudit(tx, ctx, {
      action: "alert-rule.change",
      target: nameRule(row).sentence,
      before: summariseRule(before),
      after: {
        ...summariseRule(row),
        addressChanged: channel !== undefined && "url" in channel && channel.url !== undefined,
        secretChanged: sealed !== null && sealed.secret !== null,
      },
    });
    const standings = await listStandings(tx, [id]);
    return { rule: showRule(row, standings.get(id)), secret: sealed?.secret ?? null };
  });
}

export async function removeAlertRule(ctx: Context, id: string): Promise<void> {
  authorize(ctx, "alerts.write");
  await db().$transaction(async (tx) => {
    const before = summariseRule(await getLocked(tx, id));
    await deleteRule(tx, id);
    await recordAudit(tx, ctx, { action: "alert-rule.remove", target: before.rule, before });
  });
}

/**
 * Queues a notice that says it is a test. Nothing is sent here, so neither answer nor time tells what stands at the
 * address.
 */
export async function testAlertRule(
  ctx: Context,
  id: string,
): Promise<{ state: "queued"; delivery: string }> {
  authorize(ctx, "alerts.write");
  return db().$transaction(async (tx) => {
    const row = await getLocked(tx, id);
    const tests = await countTestsSince(tx, id, new Date(ctx.now.getTime() - testsMs));
    if (tests >= mostTests)
      throw new ThrottledError(testsMs / 1000, "This rule was tested often. Wait a minute.");
    const message = prepareMessage("test", nameRule(row), [], { origin: getBaseOrigin(), now: ctx.now });
    const delivery = await queueMessage(tx, id, message, ctx.now);
    await recordAudit(tx, ctx, {
      action: "alert-rule.test",
      target: nameRule(row).sentence,
      after: { delivery },
    });
    return { state: "queued", delivery };
  });
}

/** Every notice of the last 30 days with each try to send it, the newest first. */
export async function listAlertDeliveries(
  ctx: Context,
  query: ListAlertDeliveriesQuery,
): Promise<Page<AlertDelivery>> {
  authorize(ctx, "alerts.read");
  const keyset = createUuidKeyset("-createdAt", { createdAt: "time" }, query.cursor);
  const rows = await listDeliveryRows(db(), query.rule ?? null, keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  return { ...page, items: page.items.map(showDelivery) };
}

function showDelivery(row: DeliveryRow): AlertDelivery {
  const { kind, state, attempts } = alertDeliverySchema
    .pick({ kind: true, state: true, attempts: true })
    .parse({
      kind: row.kind,
      state: row.state,
      attempts: row.attempts.map(({ at, outcome, status }) => ({ at: at.toISOString(), outcome, status })),
    });
  return {
    id: row.id,
    rule: row.ruleId,
    kind,
    title: alertMessageSchema.parse(row.message).title,
    createdAt: row.createdAt.toISOString(),
    state,
    settledAt: row.settledAt?.toISOString() ?? null,
    attempts,
  };
}

async function requireRoom(tx: Tx): Promise<void> {
  if ((await countEnabledRules(tx)) < mostRules) return;
  throw new ConflictError(`${mostRules} rules are on already: turn one off first.`);
}

async function getLocked(tx: Tx, id: string): Promise<RuleRow> {
  const row = await lockRuleRow(tx, id);
  if (!row) throw new NotFoundError("There is no such rule.");
  return row;
}

async function toColumns(tx: Tx, condition: Condition) {
  const isRate = condition.kind === "failure-rate";
  return {
    kind: condition.kind,
    registryId: await resolveRegistry(tx, condition.registry, "condition.registry"),
    pattern: isRate ? condition.pattern : null,
    moreThan: isRate ? condition.moreThan : null,
    minutes: isRate ? condition.minutes : null,
  };
}
