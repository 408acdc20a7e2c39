import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeAlertRuleBody } from "#lib/alerts/schema";
import { changeAlertRule } from "#lib/alerts/service";
import { evaluateAlerts } from "#lib/alerts/service-evaluate";
import { contextAt, listKinds, lookAt, makeRule } from "#lib/alerts/testing/alert-parts";
import { ingestSignals } from "#lib/events/ingest-service";
import type { KnownSource } from "#lib/events/known-source";
import { applyWaiting } from "#lib/events/service";
import type { RegistrySignal } from "#lib/events/signal";
import { plainSignal } from "#lib/events/signal-fields";
import { createSource } from "#lib/events/source-service";
import { foldDue } from "#lib/failures/fold-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";
import { forgetFailures } from "#lib/testing/forget-failures";

const { db } = attachTestDatabase();
let registryId: number;
let logs: KnownSource;
let notifications: KnownSource;
const hook = { kind: "webhook", name: "ops-hook", url: "https://hooks.example.com/x" };

// Every minute of a test lies in one day, in the past, and not so long ago that a failure has ended by itself.
const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
const hour = 3_600_000;
const base =
  Date.now() - today > 4 * hour ? Math.floor(Date.now() / hour) * hour - 4 * hour : today - 4 * hour;
const at = (minutes: number) => new Date(base + minutes * 60_000);

beforeAll(async () => {
  registryId = await connectTestRegistry("prod", "http://127.0.0.1:1");
  await db().registry.update({ where: { id: registryId }, data: { protectedPatterns: ["shop/**"] } });
  await createSource(testContext, { registry: "prod", kind: "registry-logs", name: "logs" });
  logs = await findTestSource(registryId, "registry-logs");
  notifications = await findTestSource(registryId);
});
beforeEach(async () => {
  await db().alertRule.deleteMany();
  await forgetFailures(db());
  await db().activityDay.deleteMany();
});

function signal(minutes: number, more: Partial<RegistrySignal> = {}): RegistrySignal {
  return plainSignal({
    eventId: randomUUID(),
    side: "log",
    action: "pull",
    cause: "not-found",
    repository: "shop/api",
    tag: "v2",
    actor: "robot:ci",
    address: "10.0.0.9",
    agent: "skopeo/1.9.3",
    raw: "{}",
    ...more,
    at: at(minutes),
    lastAt: more.lastAt ?? at(minutes),
  });
}

async function tell(source: KnownSource, signals: RegistrySignal[]): Promise<void> {
  await ingestSignals(source, { signals, ignored: 0, unreadable: 0 }, new Date());
  await applyWaiting(registryId);
  await foldDue();
}

const failing = (minutes: number, count: number, more: Partial<RegistrySignal> = {}) =>
  Array.from({ length: count }, () => signal(minutes, more));

describe("a rate of failures", () => {
  const condition = { kind: "failure-rate", moreThan: 3, minutes: 10, registry: "prod" };

  it("fires once, says when it is over, and is quiet within the cool-down", async () => {
    const { rule } = await makeRule(condition, hook, { now: at(0), coolDownMinutes: 30 });
    await tell(logs, failing(1, 3));
    expect(await lookAt(rule.id, at(2))).toEqual([]);
    await tell(logs, failing(2, 1));
    expect(await lookAt(rule.id, at(3))).toEqual(["firing"]);
    expect(await lookAt(rule.id, at(4))).toEqual(["firing"]);
    expect(await lookAt(rule.id, at(14))).toEqual(["firing", "resolved"]);
    // Again, within 30 minutes of the notice.
    await tell(logs, failing(20, 9));
    expect(await lookAt(rule.id, at(21))).toEqual(["firing", "resolved"]);
    expect(await lookAt(rule.id, at(31))).toEqual(["firing", "resolved"]);
    await tell(logs, failing(40, 9));
    expect(await lookAt(rule.id, at(41))).toEqual(["firing", "resolved", "firing"]);
  });

  it("counts what several sides told of once, and only where the pattern reaches", async () => {
    const wide = await makeRule(condition, hook, { now: at(0) });
    const narrow = await makeRule({ ...condition, pattern: "other/**" }, hook, { now: at(0) });
    await tell(logs, [...failing(1, 3), ...failing(1, 3, { side: "access-log" })]);
    expect(await lookAt(wide.rule.id, at(2))).toEqual([]);
    await tell(logs, failing(2, 4, { repository: "other/api" }));
    await evaluateAlerts(at(3));
    expect(await listKinds(wide.rule.id)).toEqual(["firing"]);
    expect(await listKinds(narrow.rule.id)).toEqual(["firing"]);
    const message = await db().alertDelivery.findFirstOrThrow({ where: { ruleId: narrow.rule.id } });
    expect(message.message).toMatchObject({
      occurrences: [{ text: "4 pulls of other/** failed in the last 10 minutes in prod" }],
    });
  });

  it("is looked at every 15 seconds, not more often", async () => {
    const { rule } = await makeRule(condition, hook, { now: at(0) });
    await evaluateAlerts(at(1));
    await tell(logs, failing(1, 9));
    expect(await lookAt(rule.id, new Date(at(1).getTime() + 14_000))).toEqual([]);
    expect(await lookAt(rule.id, new Date(at(1).getTime() + 15_000))).toEqual(["firing"]);
  });
});

describe("a cause that is new", () => {
  it("is told of once for a registry, and not where it was had before", async () => {
    const { rule } = await makeRule({ kind: "new-cause", registry: "prod" }, hook, { now: at(0) });
    await tell(logs, failing(-7 * 1440, 1, { cause: "throttled", repository: "old/api" }));
    await tell(logs, [
      ...failing(1, 2, { cause: "throttled" }),
      ...failing(1, 2, { cause: "no-grant", repository: "team/a" }),
      ...failing(1, 2, { cause: "no-grant", repository: "team/b" }),
    ]);
    expect(await lookAt(rule.id, at(2))).toEqual(["firing"]);
    const { message } = await db().alertDelivery.findFirstOrThrow({ where: { ruleId: rule.id } });
    expect(message).toMatchObject({ total: 1 });
    expect(JSON.stringify(message)).toContain("no-grant");
    expect(await lookAt(rule.id, at(3))).toEqual(["firing"]);
  });
});

describe("a failure in a protected repository", () => {
  it("is told of, and its end too; others are not", async () => {
    const { rule } = await makeRule({ kind: "protected-failure" }, hook, { now: at(0) });
    await tell(logs, failing(1, 5, { repository: "other/api" }));
    expect(await lookAt(rule.id, at(2))).toEqual([]);
    await tell(logs, failing(2, 5));
    expect(await lookAt(rule.id, at(3))).toEqual(["firing"]);
    await tell(notifications, [signal(4, { side: "notification", cause: null })]);
    expect(await lookAt(rule.id, at(5))).toEqual(["firing", "resolved"]);
    const { message } = await db().alertDelivery.findFirstOrThrow({
      where: { ruleId: rule.id, kind: "resolved" },
    });
    expect(message).toMatchObject({ title: "Over: A pull from a protected repository fails", total: 1 });
  });

  it("that was there before the rule is no news", async () => {
    await tell(logs, failing(-5, 5));
    const { rule } = await makeRule({ kind: "protected-failure" }, hook, { now: at(0) });
    expect(await lookAt(rule.id, at(1))).toEqual([]);
    // It goes on.
    await tell(logs, failing(2, 1));
    expect(await lookAt(rule.id, at(3))).toEqual(["firing"]);
  });
});

describe("a push by somebody unusual", () => {
  const pushed = (minutes: number, actor: string, repository = "shop/api") =>
    signal(minutes, { side: "notification", action: "push", cause: null, actor, repository });

  it("is told of once, and never of who pushes there anyway", async () => {
    const day = new Date(Math.floor(base / 86_400_000) * 86_400_000 - 10 * 86_400_000);
    await db().activityDay.create({
      data: { registryId, day, repository: "shop/api", actor: "robot:ci", pushes: 1 },
    });
    await tell(notifications, [pushed(-5, "alice")]);
    const { rule } = await makeRule({ kind: "unusual-push" }, hook, { now: at(0) });
    await tell(notifications, [pushed(1, "robot:ci"), pushed(1, "alice"), pushed(1, "bob", "other/api")]);
    expect(await lookAt(rule.id, at(2))).toEqual([]);
    await tell(notifications, [pushed(3, "mallory"), pushed(3, "mallory")]);
    expect(await lookAt(rule.id, at(4))).toEqual(["firing"]);
    const { message } = await db().alertDelivery.findFirstOrThrow({ where: { ruleId: rule.id } });
    expect(message).toMatchObject({
      occurrences: [{ text: expect.stringMatching(/^mallory pushed to shop\/api/), repository: "shop/api" }],
    });
    await tell(notifications, [pushed(5, "mallory")]);
    expect(await lookAt(rule.id, at(6))).toEqual(["firing"]);
    // Two days later it is no longer looked at, and there is nothing to say about that.
    expect(await lookAt(rule.id, at(2 * 1440))).toEqual(["firing"]);
    expect(await db().alert.count({ where: { ruleId: rule.id, state: "firing" } })).toBe(0);
  });
});

describe("a source that goes silent", () => {
  it("is told of, and its return too", async () => {
    const real = Date.now();
    const later = (minutes: number) => new Date(real + minutes * 60_000);
    const hear = (time: Date) =>
      db().eventSource.update({ where: { id: logs.id }, data: { lastDeliveryAt: time, canaryAt: time } });
    await hear(later(5));
    const { rule } = await makeRule({ kind: "source-silent", registry: "prod" }, hook);
    expect(await lookAt(rule.id, later(7))).toEqual([]);
    expect(await lookAt(rule.id, later(9))).toEqual(["firing"]);
    await hear(later(10));
    expect(await lookAt(rule.id, later(11))).toEqual(["firing", "resolved"]);
  });
});

describe("changing a rule", () => {
  it("forgets what fired, and a rule that is off is not looked at", async () => {
    const condition = { kind: "failure-rate", moreThan: 0, minutes: 60, registry: "prod" };
    const { rule } = await makeRule(condition, hook, { now: at(0) });
    await tell(logs, failing(1, 2));
    expect(await lookAt(rule.id, at(2))).toEqual(["firing"]);
    const change = (minutes: number, body: object) =>
      changeAlertRule(contextAt(at(minutes)), rule.id, changeAlertRuleBody.parse(body));
    expect((await change(3, { enabled: false })).rule).toMatchObject({ enabled: false, firing: 0 });
    expect(await lookAt(rule.id, at(4))).toEqual(["firing"]);
    await change(5, { enabled: true });
    // What failed before is not news.
    expect(await lookAt(rule.id, new Date(at(5).getTime() + 30_000))).toEqual(["firing"]);
    await tell(logs, failing(5, 1));
    expect(await lookAt(rule.id, at(6))).toEqual(["firing", "firing"]);
    await change(7, { coolDownMinutes: 5 });
    expect(await lookAt(rule.id, at(8))).toEqual(["firing", "firing"]);
    await change(9, { condition: { ...condition, moreThan: 100 } });
    expect(await lookAt(rule.id, at(10))).toEqual(["firing", "firing"]);
    expect(await db().alert.count()).toBe(0);
  });
});

describe("a rule that cannot be judged", () => {
  it("keeps no other one waiting, and is tried again later", async () => {
    const condition = { kind: "failure-rate", moreThan: 0, minutes: 60, registry: "prod" };
    const broken = await makeRule(condition, hook, { now: at(0) });
    await tell(logs, failing(1, 2));
    await evaluateAlerts(at(2));
    await db().alert.updateMany({ data: { occurrence: {} } });
    const sound = await makeRule(condition, hook, { now: at(2) });
    await tell(logs, failing(2, 1));
    expect(await lookAt(sound.rule.id, at(3))).toEqual(["firing"]);
    const row = await db().alertRule.findUniqueOrThrow({ where: { id: broken.rule.id } });
    expect(row.evaluatedAt).toEqual(at(3));
    await db().alert.deleteMany({ where: { ruleId: broken.rule.id } });
    expect(await lookAt(broken.rule.id, at(4))).toEqual(["firing", "firing"]);
  });
});

describe("several workers", () => {
  it("that look at the same moment make one notice", async () => {
    const condition = { kind: "failure-rate", moreThan: 0, minutes: 60, registry: "prod" };
    const { rule } = await makeRule(condition, hook, { now: at(0) });
    await tell(logs, failing(1, 2));
    for (let round = 0; round < 5; round++) {
      await db().alert.deleteMany();
      await db().alertDelivery.deleteMany();
      await Promise.all(Array.from({ length: 4 }, () => evaluateAlerts(at(2 + round))));
      expect(await listKinds(rule.id)).toEqual(["firing"]);
    }
  });
});
