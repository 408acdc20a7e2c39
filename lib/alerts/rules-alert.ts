import type { Occurrence } from "#lib/alerts/rules-occurrence";

/** What an alert keeps of what it is about. */
export type AlertFacts = Omit<Occurrence, "subject" | "starts">;

/** How a rule stands for one subject. */
export interface AlertState {
  subject: string;
  state: "firing" | "resolved";
  since: Date;
  /** Whether a notice went out since it began to fire. */
  told: boolean;
  /** The last notice that it fires. */
  noticedAt: Date | null;
  facts: AlertFacts;
}

export interface AlertPlan {
  write: AlertState[];
  /** To be told in one notice. */
  began: AlertFacts[];
  ended: AlertFacts[];
}

/**
 * What becomes of the alerts of one rule. One notice for each time it fires and one when that is over; within the
 * cool-down of a notice it fires quietly, and is told of at its end if it still does. What was not told of needs no
 * word that it is over.
 */
export function planAlerts(
  known: readonly AlertState[],
  occurrences: readonly Occurrence[],
  rule: { coolDownMinutes: number; tellsEnd: boolean },
  now: Date,
): AlertPlan {
  const plan: AlertPlan = { write: [], began: [], ended: [] };
  const bySubject = new Map(known.map((alert) => [alert.subject, alert]));
  const present = new Set<string>();
  for (const { subject, starts, ...facts } of occurrences) {
    present.add(subject);
    const alert = bySubject.get(subject);
    const isFiring = alert?.state === "firing";
    if (isFiring ? alert.told : !starts) continue;
    const noticedAt = alert?.noticedAt ?? null;
    const told = noticedAt === null || now.getTime() - noticedAt.getTime() >= rule.coolDownMinutes * 60_000;
    // It fires already, and still within the cool-down.
    if (isFiring && !told) continue;
    if (told) plan.began.push(facts);
    plan.write.push({
      subject,
      state: "firing",
      since: isFiring ? alert.since : now,
      told,
      noticedAt: told ? now : noticedAt,
      facts,
    });
  }
  for (const alert of known) {
    if (alert.state !== "firing" || present.has(alert.subject)) continue;
    plan.write.push({ ...alert, state: "resolved", since: now, told: false });
    if (alert.told && rule.tellsEnd) plan.ended.push(alert.facts);
  }
  return plan;
}
