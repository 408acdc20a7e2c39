import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import { eventTasks } from "#lib/events/jobs";
import type { RegistrySignal } from "#lib/events/signal";
import { plainSignal } from "#lib/events/signal-fields";
import { foldingInBackground } from "#lib/failures/fold-in-background";
import { listFailures } from "#lib/failures/incident-service";
import { listFailuresQuery } from "#lib/failures/schema-incidents";
import { type RunningWorker, runWorker } from "#lib/jobs/run-worker";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";

const { db } = attachTestDatabase();
let registryId: number;
let worker: RunningWorker;

beforeAll(async () => {
  registryId = await connectTestRegistry("prod", "http://127.0.0.1:1");
  worker = await runWorker({
    databaseUrl: process.env.DATABASE_URL ?? "",
    lanes: [{ tasks: eventTasks, concurrency: 1 }],
    tick: async () => foldingInBackground.wake(),
  });
});
afterAll(async () => {
  await Promise.all([worker.stop(), foldingInBackground.end()]);
});

async function tell(repository: string, more: Partial<RegistrySignal> = {}): Promise<void> {
  const at = new Date();
  const signal = plainSignal({
    eventId: randomUUID(),
    side: "notification",
    action: "pull",
    repository,
    tag: "v1",
    actor: "robot:ci",
    at,
    lastAt: at,
    raw: "{}",
    ...more,
  });
  const source = await findTestSource(registryId);
  await ingestSignals(source, { signals: [signal], ignored: 0, unreadable: 0 }, at);
}

const countWaiting = () => db().registryEvent.count({ where: { appliedAt: null } });
const listFailed = async (repository: string) =>
  (await listFailures(testContext, listFailuresQuery.parse({ repository }))).items;

it("what is told is taken in while a repository is folded, and one that is folded for long holds up no other", async () => {
  const folded = Promise.withResolvers<void>();
  const holds = Promise.withResolvers<void>();
  // As if somebody were folding the repository.
  const other = db().$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${registryId}::int, hashtext('shop/slow'))`;
      holds.resolve();
      await folded.promise;
    },
    { timeout: 120_000 },
  );
  await holds.promise;
  try {
    await tell("shop/slow", { cause: "not-found" });
    await expect.poll(countWaiting, { timeout: 20_000 }).toBe(0);
    await tell("shop/quick", { cause: "not-found" });
    await expect.poll(() => listFailed("shop/quick"), { timeout: 20_000 }).toHaveLength(1);
    expect(await listFailed("shop/slow")).toEqual([]);
  } finally {
    folded.resolve();
    await other;
  }
  await expect.poll(() => listFailed("shop/slow"), { timeout: 20_000 }).toHaveLength(1);
});
