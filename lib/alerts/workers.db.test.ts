import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { testAlertRule } from "#lib/alerts/service";
import { evaluateAlerts } from "#lib/alerts/service-evaluate";
import { listKinds, makeRule } from "#lib/alerts/testing/alert-parts";
import { type Receiver, startReceiver } from "#lib/alerts/testing/start-receiver";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { endWorker, killWorkers, startWorker } from "#lib/testing/worker-process";

const { db } = attachTestDatabase();
let registryId: number;
let receiver: Receiver;

beforeAll(async () => {
  registryId = await connectTestRegistry("prod", "http://127.0.0.1:1");
  await db().registry.update({ where: { id: registryId }, data: { protectedPatterns: ["**"] } });
});
beforeEach(async () => {
  receiver = await startReceiver();
  await db().alertRule.deleteMany();
  await db().incident.deleteMany();
});
afterEach(() => receiver.stop());
afterAll(killWorkers);

async function fail(reference: string): Promise<void> {
  const now = new Date();
  await db().incident.create({
    data: {
      registryId,
      repository: "shop/api",
      reference,
      foldKey: reference,
      cause: "not-found",
      family: "absent",
      subjectKind: "principal",
      subject: "robot:ci",
      count: 1n,
      firstAt: now,
      lastAt: now,
    },
  });
}

const hook = () => ({ kind: "webhook", name: "ops", url: `${receiver.url}/hook` });

/** Waits, on the database's own clock, until nothing waits to be sent. */
async function waitUntilSettled(count: number): Promise<void> {
  const end = Date.now() + 40_000;
  for (;;) {
    const settled = await db().alertDelivery.count({ where: { state: { not: "waiting" } } });
    if (settled >= count) return;
    if (Date.now() > end) throw new Error(`${settled} of ${count} notices are settled.`);
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.05)`;
  }
}

it("two workers that see the same failure send one notice", async () => {
  const { rule } = await makeRule({ kind: "protected-failure" }, hook());
  const workers = [startWorker(), startWorker()];
  await fail("v1");
  await waitUntilSettled(1);
  // Rules are looked at every 15 seconds: a second failure shows that both have looked again.
  await fail("v2");
  await waitUntilSettled(2);
  for (const worker of workers) await endWorker(worker, "SIGTERM");
  expect(await listKinds(rule.id)).toEqual(["firing", "firing"]);
  expect(receiver.received).toHaveLength(2);
  const told = receiver.received.map(({ body }) => JSON.parse(body).data.total);
  expect(told).toEqual([1, 1]);
});

it("a worker killed while it sends loses nothing, and the next one sends the same notice", async () => {
  const { rule } = await makeRule({ kind: "protected-failure" }, hook());
  await fail("v1");
  // State, notice and job are there; no worker has been.
  await evaluateAlerts(new Date());
  expect(await listKinds(rule.id)).toEqual(["firing"]);
  receiver.answers.push("silence");
  const asked = receiver.next();
  const first = startWorker();
  await asked;
  await endWorker(first, "SIGKILL");
  const second = startWorker();
  await waitUntilSettled(1);
  await endWorker(second, "SIGTERM");
  expect(await listKinds(rule.id)).toEqual(["firing"]);
  expect(receiver.received).toHaveLength(2);
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  const [delivery] = await db().alertDelivery.findMany({ include: { attempts: true } });
  expect(delivery).toMatchObject({ state: "delivered", attempts: [{ outcome: "delivered", status: 204 }] });
});

it("a receiver that never answers is left after ten seconds, and does not hold up the others", async () => {
  const slow = await makeRule({ kind: "new-cause" }, hook());
  receiver.answers.push("silence");
  const asked = receiver.next();
  await testAlertRule(testContext, slow.rule.id);
  const worker = startWorker();
  await asked;
  const quick = await makeRule({ kind: "new-cause" }, hook());
  await testAlertRule(testContext, quick.rule.id);
  await waitUntilSettled(1);
  const settled = await db().alertDelivery.findFirstOrThrow({ where: { state: "delivered" } });
  expect(settled.ruleId).toBe(quick.rule.id);
  await waitUntilSettled(2);
  await endWorker(worker, "SIGTERM");
  const attempts = await db().alertAttempt.findMany({
    where: { delivery: { ruleId: slow.rule.id } },
    orderBy: { id: "asc" },
  });
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["timeout", "delivered"]);
});
