import { spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { db } from "#lib/db/client";
import { isDatabaseAway, isDatabaseFull } from "#lib/db/database-fault";
import { migrateDatabase } from "#lib/db/migrate";
import {
  expectRollupsToAgree,
  goodBodies,
  type IngestStage,
  openIngestStage,
  recently,
} from "#lib/events/testing/ingest-stage";
import { ensureDatabase, startEmbeddedPostgres } from "../../scripts/stack/embedded-postgres.ts";
import { PidFiles } from "../../scripts/stack/pid-files.ts";
import { Supervisor } from "../../scripts/stack/supervisor.ts";

const root = join(import.meta.dirname, "..", "..");
const home = mkdtempSync(join(tmpdir(), "wharfinger-full-"));
/** With room for an empty database, its write-ahead log and some thousand events. */
const size = "320m";
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", home]).status === 0;
const name = isMounted
  ? "F2: the disk of the database is full while deliveries come"
  : "F2: a small disk cannot be mounted here:";

describe.skipIf(!isMounted)(name, () => {
  let supervisor: Supervisor;
  let stage: IngestStage;
  beforeAll(async () => {
    mkdirSync(join(home, "run"), { recursive: true });
    supervisor = new Supervisor(home, new PidFiles(home));
    const password = "only-for-this-test-only-for-this-test";
    const postgres = await startEmbeddedPostgres({ root, home, password, supervisor });
    await ensureDatabase(postgres.urlOf("postgres"), "full");
    process.env.DATABASE_URL = postgres.urlOf("full");
    process.env.WHARFINGER_MASTER_KEY = "unit-Kf3vQz8mYtR1xWc7LpNs0aHdJe5uGbTo";
    process.env.WHARFINGER_SESSION_SECRET = "unit-Zp9rXw2nVkB6yMt4QcHs8dLfJa1eGuRo";
    await migrateDatabase(process.env.DATABASE_URL);
    stage = await openIngestStage();
  }, 120_000);
  afterAll(async () => {
    await stage?.close();
    await db().$disconnect();
    await supervisor?.stop();
    if (spawnSync("umount", [home]).status !== 0) spawnSync("umount", ["-l", home]);
    rmSync(home, { recursive: true, force: true });
  });

  it.each([
    ["its data", "store-full", async () => {}],
    ["its write-ahead log", "store-away", endLog],
  ])(
    "%s: senders are told 503, nothing is half-written, and it heals with room",
    async (_what, code, fill) => {
      const acknowledged = new Set<string>();
      const statuses = new Map<number, number>();
      const problems = new Map<string, number>();
      let stop = false;
      /** As a registry does it: the same again until it is taken. */
      const send = async (index: number) => {
        while (!stop) {
          const kind = index % 2 === 0 ? "distribution" : "registry-logs";
          const made = Array.from({ length: 40 }, () => makeEvent(kind));
          const body =
            kind === "distribution"
              ? JSON.stringify({ events: made.map(({ told }) => told) })
              : made.map(({ told }) => JSON.stringify(told)).join("\n");
          for (;;) {
            const { status, json } = await stage.post(kind, body);
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            if (status !== 202) problems.set(String(json.code), (problems.get(String(json.code)) ?? 0) + 1);
            if (status === 202) for (const { id } of made) acknowledged.add(id);
            if (status === 202 || stop) break;
            await delay(10);
          }
        }
      };
      const until = async (holds: () => boolean, what: string) => {
        const end = Date.now() + 60_000;
        while (!holds()) {
          if (Date.now() > end) throw new Error(`Not within a minute: ${what}. ${[...statuses]}`);
          await delay(10);
        }
      };
      const refused = () => [...problems.values()].reduce((sum, count) => sum + count, 0);
      const senders = [0, 1, 2, 3].map(send);
      try {
        await until(() => acknowledged.size >= 200, "something is kept");
        expect(refused()).toBe(0);
        const filler = fillDisk();
        await fill();
        await until(() => (problems.get(code) ?? 0) >= 40, "senders are refused");
        const kept = acknowledged.size;
        rmSync(filler);
        await until(() => acknowledged.size >= kept + 400, "it heals");
      } finally {
        stop = true;
        await Promise.all(senders);
      }
      expect([...statuses.keys()].sort()).toEqual([202, 503]);
      expect([...problems.keys()].filter((one) => one !== "store-full" && one !== code)).toEqual([]);
      const rows = await db().registryEvent.findMany({ select: { eventId: true } });
      const stored = new Set(rows.map(({ eventId }) => eventId));
      expect(stored.size, "nothing twice").toBe(rows.length);
      expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
      await expectRollupsToAgree();
      const accepted = await db().eventSource.aggregate({ _sum: { accepted: true } });
      expect(Number(accepted._sum.accepted)).toBe(rows.length);
    },
    180_000,
  );
});

/** Some kilobytes that cannot be compressed. */
function makeEvent(kind: "distribution" | "registry-logs"): { id: string; told: unknown } {
  const id = randomUUID();
  const text = randomBytes(6_000).toString("base64");
  const made = goodBodies[kind](id, recently(), "docker/27");
  const told =
    kind === "distribution" ? { ...(made as { events: object[] }).events[0], text } : { ...made, text };
  return { id: kind === "distribution" ? id : `log:request:${id}`, told };
}

/** Asks for the next segment of the log until there is none: without one Postgres ends at once. */
async function endLog(): Promise<void> {
  const end = Date.now() + 30_000;
  try {
    while (Date.now() < end) {
      await db().$queryRaw`SELECT pg_logical_emit_message(true, 'full', repeat('x', 100000))::text`;
      await db().$queryRaw`SELECT pg_switch_wal()::text`;
    }
  } catch (error) {
    if (isDatabaseAway(error) || isDatabaseFull(error)) return;
    throw error;
  }
  throw new Error("There is always another segment.");
}

/** Takes all the room that there is. */
function fillDisk(): string {
  const file = join(home, "filler");
  const open = openSync(file, "w");
  try {
    for (let length = 1 << 20; length >= 4_096; length >>= 1)
      for (;;) {
        try {
          if (writeSync(open, Buffer.alloc(length)) < length) break;
        } catch {
          break;
        }
      }
  } finally {
    closeSync(open);
  }
  return file;
}
