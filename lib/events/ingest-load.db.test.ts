import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDb } from "#lib/db/client";
import {
  expectRollupsToAgree,
  goodBodies,
  type IngestStage,
  openIngestStage,
  recently,
} from "#lib/events/testing/ingest-stage";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { startTokenInstance, type TokenInstance } from "#lib/testing/token-console";

const { db } = attachTestDatabase();
let stage: IngestStage;

beforeAll(async () => {
  stage = await openIngestStage();
});
afterAll(() => stage.close());
afterEach(expectRollupsToAgree);

describe("deliveries that come at once", () => {
  it("share statements, and each is told what became of its own events", async () => {
    const at = recently(20);
    const ids = Array.from({ length: 40 }, () => randomUUID());
    const deliveries = [
      ids.slice(0, 10),
      ids.slice(10, 30),
      ids.slice(5, 15),
      ids.slice(30),
      ids.slice(0, 40),
    ];
    const before = await stage.readSource("distribution");
    const answers = await Promise.all(
      deliveries.map((wanted) =>
        stage.post(
          "distribution",
          JSON.stringify({
            events: wanted.flatMap((id) => (goodBodies.distribution(id, at) as { events: object[] }).events),
          }),
        ),
      ),
    );
    for (const [place, { status, json }] of answers.entries()) {
      expect(status).toBe(202);
      expect(Number(json.accepted) + Number(json.duplicate)).toBe(deliveries[place]?.length);
    }
    expect(answers.reduce((sum, { json }) => sum + Number(json.accepted), 0)).toBe(40);
    const after = await stage.readSource("distribution");
    expect([after.accepted - before.accepted, after.duplicate - before.duplicate]).toEqual([40, 50]);
    expect(await db().registryEvent.count({ where: { eventId: { in: ids } } })).toBe(40);
  });
});

describe("several processes of one console", () => {
  let instances: TokenInstance[];
  beforeAll(async () => {
    instances = await Promise.all([startTokenInstance(), startTokenInstance()]);
  });
  afterAll(() => Promise.all(instances.map((one) => one.close())));

  it("that are told the same at once, with counts that grow, keep it once and add it up once", async () => {
    for (let round = 0; round < fuzzRuns(6, 100); round++) {
      const id = randomUUID();
      const at = recently(20);
      const counts = [1, 2, 3, 5, 8, 13, 21, 34];
      const before = await stage.readSource("kubernetes");
      await Promise.all(
        counts.flatMap((count, index) =>
          instances.map(({ url }, which) =>
            stage.post(
              "kubernetes",
              JSON.stringify({
                ...goodBodies.kubernetes(id, at),
                count: counts[(index * 3 + which) % 8] ?? count,
              }),
              {},
              url,
            ),
          ),
        ),
      );
      const rows = await db().registryEvent.findMany({ where: { eventId: id } });
      expect(rows.map(({ count }) => count)).toEqual([34]);
      expect((await stage.readSource("kubernetes")).accepted - before.accepted).toBe(1);
      await expectRollupsToAgree();
    }
  });

  it("lines without a time of their own are kept once, whichever process they reach", async () => {
    for (let round = 0; round < fuzzRuns(6, 100); round++) {
      const { time: _time, ...line } = goodBodies["registry-logs"](randomUUID(), "") as { time: string };
      const before = await stage.readSource("registry-logs");
      await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          stage.post("registry-logs", JSON.stringify(line), {}, instances[index % 2]?.url),
        ),
      );
      expect((await stage.readSource("registry-logs")).accepted - before.accepted).toBe(1);
    }
  });

  it("notifications of a hundred at once, each from two senders, are kept once each", async () => {
    const bodies = Array.from({ length: 100 }, (_, index) =>
      JSON.stringify(goodBodies.distribution(randomUUID(), recently(index * 17))),
    );
    const before = await stage.readSource("distribution");
    const answers = await Promise.all(
      bodies.flatMap((body) => instances.map(({ url }) => stage.post("distribution", body, {}, url))),
    );
    for (const { status } of answers.filter((answer) => answer.status !== 202)) expect(status).toBe(503);
    for (const body of bodies) await stage.post("distribution", body);
    expect((await stage.readSource("distribution")).accepted - before.accepted).toBe(100);
  });
});

describe("E6: ten times more than can be kept", () => {
  it("is answered 503 with Retry-After beyond a bound, and everything that was taken is kept", async () => {
    // A statement that waits for a lock is as slow as a database can be.
    const holder = createDb(process.env.DATABASE_URL ?? "", 1);
    const before = await db().registryEvent.count();
    const pad = "x".repeat(300_000);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isHeld = () => {};
    const holds = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const holding = holder.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE event_hour IN ACCESS EXCLUSIVE MODE`;
        isHeld();
        await held;
      },
      { timeout: 60_000 },
    );
    await holds;
    const refused: (string | null)[] = [];
    let answered = 0;
    const posts = Array.from({ length: 450 }, async () => {
      const told = { ...goodBodies.distribution(randomUUID(), recently()), pad };
      const { status, retryAfter } = await stage.post("distribution", JSON.stringify(told));
      answered += 1;
      if (status === 202) return 1;
      expect(status).toBe(503);
      refused.push(retryAfter);
      return 0;
    });
    // What is beyond the bound is answered while nothing can be kept.
    const end = Date.now() + 30_000;
    while (answered < 100 && Date.now() < end) await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.05)`;
    const answeredWhileHeld = answered;
    release();
    await holding;
    await holder.$disconnect();
    const taken = (await Promise.all(posts)).reduce<number>((sum, one) => sum + one, 0);
    expect(answeredWhileHeld).toBeGreaterThanOrEqual(100);
    expect(refused.length).toBeGreaterThanOrEqual(100);
    for (const seconds of refused) expect(Number(seconds)).toBeGreaterThanOrEqual(1);
    expect((await db().registryEvent.count()) - before).toBe(taken);
  }, 120_000);
});
