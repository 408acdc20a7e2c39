import { findOccurrences } from "#lib/alerts/find-occurrences";
import { queueMessage } from "#lib/alerts/queue-message";
import { nameRule, readAlert, readCondition } from "#lib/alerts/read-rule";
import { planAlerts } from "#lib/alerts/rules-alert";
import { prepareMessage } from "#lib/alerts/rules-message";
import {
  listAlertRows,
  listDueRules,
  postponeRule,
  type RuleRow,
  takeDueRule,
  writeAlerts,
} from "#lib/alerts/store";
import { db, type Tx } from "#lib/db/client";
import { getBaseOrigin } from "#lib/http/same-origin";
import { log } from "#lib/log/log";

const everyMs = 15_000;

/**
 * Looks at each rule that was not looked at for a while. Several workers may do so at once: whoever locks a rule
 * writes its alerts, its notices and their jobs in one transaction.
 */
export async function evaluateAlerts(now: Date): Promise<void> {
  const before = new Date(now.getTime() - everyMs);
  for (const id of await listDueRules(db(), before)) {
    try {
      await db().$transaction(async (tx) => {
        const row = await takeDueRule(tx, id, before, now);
        if (row) await evaluateRule(tx, row, now);
      });
    } catch (error) {
      // One rule that cannot be judged must not keep the others waiting, nor be tried at every tick.
      log.warn({ rule: id, name: error instanceof Error ? error.name : "unknown" }, "an alert rule failed");
      await postponeRule(db(), id, now);
    }
  }
}

async function evaluateRule(tx: Tx, row: RuleRow, now: Date): Promise<void> {
  const condition = readCondition(row);
  const occurrences = await findOccurrences({ ...row, condition }, now);
  const known = (await listAlertRows(tx, row.id)).map(readAlert);
  // A push is over when it is done: nobody waits for the word.
  const tellsEnd = condition.kind !== "unusual-push";
  const { coolDownMinutes } = row;
  const plan = planAlerts(known, occurrences, { coolDownMinutes, tellsEnd }, now);
  await writeAlerts(tx, row.id, plan.write);
  const origin = getBaseOrigin();
  for (const [kind, facts] of [
    ["firing", plan.began],
    ["resolved", plan.ended],
  ] as const)
    if (facts.length > 0)
      await queueMessage(tx, row.id, prepareMessage(kind, nameRule(row), facts, { origin, now }), now);
}

/**
 * For a rule that begins: pushes of today that are there already are no news, though the day alone does not tell them
 * from later ones.
 */
export async function noteWhatIsThere(tx: Tx, row: RuleRow, now: Date): Promise<void> {
  const condition = readCondition(row);
  if (condition.kind !== "unusual-push") return;
  const occurrences = await findOccurrences({ ...row, condition }, now);
  await writeAlerts(
    tx,
    row.id,
    occurrences.map(({ subject, starts: _, ...facts }) => ({
      subject,
      state: "firing",
      since: now,
      told: true,
      noticedAt: null,
      facts,
    })),
  );
}
