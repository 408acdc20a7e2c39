import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDb } from "#lib/db/client";
import { applyWaiting } from "#lib/events/service";
import { listUnreadableDeliveries } from "#lib/events/source-service";
import {
  expectRollupsToAgree,
  goodBodies,
  type IngestKindName,
  type IngestStage,
  ingestKinds,
  openIngestStage,
  recently,
} from "#lib/events/testing/ingest-stage";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext } from "#lib/testing/connect-test-registry";
import { FaultProxy } from "#lib/testing/fault-proxy";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const { db } = attachTestDatabase();
let stage: IngestStage;
const mib = 1024 * 1024;

beforeAll(async () => {
  stage = await openIngestStage();
});
afterAll(() => stage.close());
afterEach(expectRollupsToAgree);

describe.each(ingestKinds)("E1: what comes through the door for %s", (kind) => {
  it("is refused with 401 before its body, with another source's secret and without any", async () => {
    const body = JSON.stringify(goodBodies[kind](randomUUID(), recently()));
    for (const other of ingestKinds.filter((one) => one !== kind))
      expect(
        (await stage.post(kind, body, { authorization: `Bearer ${stage.secretOf(other)}` })).status,
      ).toBe(401);
    for (const authorization of ["", "Bearer x", `Bearer ${stage.secretOf(kind)}x`, "Basic !!"])
      expect((await stage.post(kind, body, { authorization })).status).toBe(401);
    // Announced, and never sent: nobody waits for it.
    expect(await sendHead(kind, ["content-length: 100"], null)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it("is refused with 413 when 100 MB are announced, or more than is taken comes unannounced", async () => {
    const before = await stage.readSource(kind);
    expect(await sendHead(kind, [`content-length: ${100 * mib}`])).toMatch(/^HTTP\/1\.1 413 /);
    expect(await sendHead(kind, ["transfer-encoding: chunked"], stage.secretOf(kind), 20)).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    expect((await stage.readSource(kind)).accepted).toBe(before.accepted);
  });

  it("is 202 and counted as unreadable when nothing of it can be read, and shown", async () => {
    const whole = JSON.stringify(goodBodies[kind](randomUUID(), recently()));
    const bomb = gzipSync(Buffer.alloc(64 * mib, 0x20));
    const bodies: [string, string | Buffer, Record<string, string>][] = [
      ["truncated", whole.slice(0, -20), {}],
      ["html", "<html>nothing", { "content-type": "text/html" }],
      ["no gzip", whole, { "content-encoding": "gzip" }],
      ["bomb", bomb, { "content-encoding": "gzip" }],
      ["another coding", whole, { "content-encoding": "br" }],
      ["bytes", Buffer.from([0xff, 0xfe, 0x00, 0xd8]), {}],
      ["deep", `${"[".repeat(50_000)}${"]".repeat(50_000)}`, {}],
    ];
    for (const [name, body, headers] of bodies) {
      const before = await stage.readSource(kind);
      const { status, json } = await stage.post(kind, body, headers);
      expect([name, status, json.accepted]).toEqual([name, 202, 0]);
      const after = await stage.readSource(kind);
      expect(after.unreadable, name).toBeGreaterThan(before.unreadable);
      expect(after.lastProblem?.text).toBe("A delivery, or a part of one, could not be read.");
    }
    const shown = await listUnreadableDeliveries(testContext, stage.idOf(kind));
    expect(shown.length).toBeGreaterThanOrEqual(bodies.length - 3);
    expect(shown.some(({ sample }) => sample.startsWith("<html>nothing"))).toBe(true);
    for (const { sample } of shown) expect(sample.length).toBeLessThanOrEqual(2_000);
  });

  it("an empty body is 202 and keeps nothing", async () => {
    const before = await stage.readSource(kind);
    expect(await stage.post(kind, "")).toMatchObject({ status: 202, json: { accepted: 0 } });
    expect((await stage.readSource(kind)).accepted).toBe(before.accepted);
  });

  it("E3: times of the far future, the far past and none are kept as now; others as they are told", async () => {
    const told: [string, boolean][] = [
      ["2999-01-01T00:00:00Z", false],
      ["0001-01-01T00:00:00Z", false],
      ["not a time", false],
      [recently(-23 * 60), true],
      [recently(23 * 60), true],
    ];
    for (const [at, isBelieved] of told) {
      const id = randomUUID();
      const known = await db().registryEvent.findFirst({ orderBy: { id: "desc" } });
      expect((await stage.post(kind, JSON.stringify(goodBodies[kind](id, at)))).json, at).toMatchObject({
        accepted: 1,
      });
      const row = await db().registryEvent.findFirstOrThrow({
        where: { id: { gt: known?.id ?? 0 } },
        orderBy: { id: "desc" },
      });
      expect(Math.abs(row.receivedAt.getTime() - Date.now()), at).toBeLessThan(60_000);
      expect(Math.abs(row.at.getTime() - (isBelieved ? Date.parse(at) : Date.now())), at).toBeLessThan(
        60_000,
      );
    }
  });

  it("NUL and halves of surrogate pairs are kept as text, unknown fields do no harm", async () => {
    const text = "x\u0000<script>\ud800'; DROP TABLE incident --";
    const { status, json } = await stage.post(
      kind,
      JSON.stringify(goodBodies[kind](randomUUID(), recently(), text)),
    );
    expect([status, json.accepted]).toEqual([202, 1]);
  });

  it("E2: a sender that repeats one body fifty times, from many connections, gives the rows of one", async () => {
    const at = recently(30);
    const body = JSON.stringify(goodBodies[kind](randomUUID(), at));
    const before = await stage.readSource(kind);
    const answers = await Promise.all(Array.from({ length: 50 }, () => stage.post(kind, body)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(answers.reduce((sum, { json }) => sum + Number(json.accepted), 0)).toBe(1);
    expect((await stage.post(kind, gzipSync(body), { "content-encoding": "gzip" })).json).toMatchObject({
      accepted: 0,
      duplicate: 1,
    });
    const after = await stage.readSource(kind);
    expect(after.accepted - before.accepted).toBe(1);
    expect(after.duplicate - before.duplicate).toBe(50);
    expect(after.conflicting).toBe(before.conflicting);
  });
});

/** What a raw request is answered, of which nothing or so many MiB of body come. */
function sendHead(
  kind: IngestKindName,
  headers: readonly string[],
  secret: string | null = stage.secretOf(kind),
  chunks = 0,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(stage.port, "localhost", () => {
      const auth = secret === null ? [] : [`authorization: Bearer ${secret}`];
      const head = [`POST /api/ingest/${kind} HTTP/1.1`, "host: x", ...auth, ...headers];
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      for (let sent = 0; sent < chunks; sent++) socket.write(`100000\r\n${"x".repeat(mib)}\r\n`);
    });
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", (error) => (text === "" ? reject(error) : undefined));
  });
}

describe("a batch of which a part is broken", () => {
  it("keeps each good line of a log, beside a line of 10 MB in a body that is gzip", async () => {
    const line = () => JSON.stringify(goodBodies["registry-logs"](randomUUID(), recently()));
    const lines = [line(), '{"time":"2026', line(), `{"msg":"${"x".repeat(300_000)}"}`, "\u0000", line()];
    const { json } = await stage.post("registry-logs", lines.join("\n"));
    expect(json.accepted).toBe(3);
    expect(Number(json.unreadable) + Number(json.ignored)).toBeGreaterThanOrEqual(2);
    const tooLong = gzipSync(Buffer.concat([Buffer.from(`${line()}\n`), Buffer.alloc(10 * mib, 0x78)]));
    expect(await stage.post("registry-logs", tooLong, { "content-encoding": "gzip" })).toMatchObject({
      status: 202,
      json: { accepted: 0, unreadable: 1 },
    });
  });

  it("keeps the good notifications and Events beside what is none", async () => {
    const { events } = goodBodies.distribution(randomUUID(), recently()) as { events: object[] };
    const mixed = { events: [null, ...events, { action: "explode" }, [], 7] };
    expect((await stage.post("distribution", JSON.stringify(mixed))).json).toMatchObject({
      accepted: 1,
      unreadable: 4,
    });
    const list = [goodBodies.kubernetes(randomUUID(), recently()), null, "x", { kind: "Event" }];
    expect((await stage.post("kubernetes", JSON.stringify(list))).json).toMatchObject({ accepted: 1 });
  });
});

describe("E2: the same identity with another content", () => {
  const push = (id: string, tag: string) => {
    const [event] = (goodBodies.distribution(id, "2026-05-01T10:00:00Z") as { events: { target: object }[] })
      .events;
    return { ...event, target: { ...event?.target, tag } };
  };

  it("is counted once and flagged, in one body and in two", async () => {
    for (const together of [true, false]) {
      const before = await stage.readSource("distribution");
      const id = randomUUID();
      const events = [push(id, "v1"), push(id, "v2")];
      if (together) await stage.post("distribution", JSON.stringify({ events }));
      else for (const one of events) await stage.post("distribution", JSON.stringify({ events: [one] }));
      const rows = await db().registryEvent.findMany({ where: { eventId: id } });
      expect(rows.map(({ tag }) => tag)).toEqual(["v1"]);
      const after = await stage.readSource("distribution");
      expect([after.accepted - before.accepted, after.conflicting - before.conflicting]).toEqual([1, 1]);
    }
  });
});

describe("E3: clocks that differ by a day either way", () => {
  it("the newest state is kept, whatever came first, and both times are stored", async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([-24, -12, -1, 0, 12, 24], { minLength: 6, maxLength: 6 }),
        async (hours) => {
          const repository = `skewed/r${++round}`;
          const { id } = await db().repository.create({
            data: { registryId: stage.registryId, name: repository },
          });
          const noon = Date.now() - 3 * 86_400_000;
          for (const hour of hours) {
            const at = new Date(noon + hour * 3_600_000).toISOString();
            const [event] = (goodBodies.distribution(randomUUID(), at) as { events: { target: object }[] })
              .events;
            const told = {
              ...event,
              action: "pull",
              target: { ...event?.target, repository },
            };
            await stage.post("distribution", JSON.stringify({ events: [told] }));
            await applyWaiting(stage.registryId);
          }
          const row = await db().repository.findUniqueOrThrow({ where: { id } });
          expect(row.lastPulledAt?.getTime()).toBe(noon + 24 * 3_600_000);
        },
      ),
      { numRuns: fuzzRuns(5, 100) },
    );
  });
});

describe("E4: the database is away while something is told", () => {
  it("503, nothing half-written, and the repetition is kept once", async () => {
    const shared = globalThis as { wharfingerDb?: unknown };
    const before = shared.wharfingerDb;
    const proxy = await FaultProxy.before(process.env.DATABASE_URL ?? "");
    const through = createDb(proxy.through(process.env.DATABASE_URL ?? ""));
    shared.wharfingerDb = through;
    try {
      const bodies = ingestKinds.flatMap((kind) =>
        Array.from({ length: 6 }, (_, index) => ({
          kind,
          id: randomUUID(),
          body: JSON.stringify(goodBodies[kind](randomUUID(), recently(60 + index))),
        })),
      );
      const rowsBefore = await db().registryEvent.count();
      const kept = new Set<string>();
      const statuses = new Set<number>();
      const tellAll = () =>
        Promise.all(
          bodies.map(async ({ kind, id, body }) => {
            const { status } = await stage.post(kind, body);
            statuses.add(status);
            if (status === 202) kept.add(id);
          }),
        );
      proxy.latencyMs = 20;
      const running = tellAll();
      proxy.reset();
      proxy.fault = "refuse";
      await running;
      proxy.reset();
      await tellAll();
      expect([...statuses].filter((status) => status !== 202 && status !== 503)).toEqual([]);
      expect(statuses.has(503)).toBe(true);
      proxy.heal();
      proxy.reset();
      while (kept.size < bodies.length) await tellAll();
      await tellAll();
      expect((await db().registryEvent.count()) - rowsBefore).toBe(bodies.length);
    } finally {
      shared.wharfingerDb = before;
      await through.$disconnect();
      await proxy.stop();
    }
  });
});
