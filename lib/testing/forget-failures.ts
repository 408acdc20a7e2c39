import type { Db } from "#lib/db/client";

/** Takes away what was told, what was folded from it, and its sums; connections and sources stay. */
export async function forgetFailures(db: Db): Promise<void> {
  await db.registryEvent.deleteMany();
  await db.signalRun.deleteMany();
  await db.incident.deleteMany();
  await db.failureHour.deleteMany();
  await db.failureSpan.deleteMany();
}
