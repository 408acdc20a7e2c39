import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { db } from "#lib/db/client";
import { migrateDatabase } from "#lib/db/migrate";
import {
  expectRollupsToAgree,
  goodBodies,
  type IngestStage,
  openIngestStage,
  recently,
} from "#lib/events/testing/ingest-stage";
import { startTokenInstance, type TokenInstance } from "#lib/testing/token-console";
import { ensureDatabase, startEmbeddedPostgres } from "../../scripts/stack/embedded-postgres.ts";
import { PidFiles } from "../../scripts/stack/pid-files.ts";
import { Supervisor } from "../../scripts/stack/supervisor.ts";

const root = join(import.meta.dirname, "..", "..");
const home = mkdtempSync(join(tmpdir(), "wharfinger-crash-"));
let supervisor: Supervisor;
let stage: IngestStage;
let receivers: TokenInstance[];

beforeAll(async () => {
  supervisor = new Supervisor(home, new PidFiles(home));
  const password = "only-for-this-test-only-for-this-test";
  const postgres = await startEmbeddedPostgres({ root, home, password, supervisor });
  await ensureDatabase(postgres.urlOf("postgres"), "crashed");
  process.env.DATABASE_URL = postgres.urlOf("crashed");
  process.env.WHARFINGER_MASTER_KEY = "unit-Kf3vQz8mYtR1xWc7LpNs0aHdJe5uGbTo";
  process.env.WHARFINGER_SESSION_SECRET = "unit-Zp9rXw2nVkB6yMt4QcHs8dLfJa1eGuRo";
  await migrateDatabase(process.env.DATABASE_URL);
  stage = await openIngestStage();
  receivers = await Promise.all([startTokenInstance(), startTokenInstance()]);
}, 180_000);
afterAll(async () => {
  await Promise.all(receivers.map((one) => one.close()));
  await stage.close();
  await db().$disconnect();
  await supervisor.stop();
  rmSync(home, { recursive: true, force: true });
});

/** It counts as working, and is started again by itself, once it has run for so long. */
const settledMs = 5_500;

describe("F1 E4: receiver and database killed in the middle", () => {
  it("what was acknowledged is stored, once, and the sums are those of the rows", async () => {
    const acknowledged = new Set<string>();
    const statuses = new Map<number | string, number>();
    let stop = false;
    const send = async (index: number) => {
      for (let number = 0; !stop; number++) {
        const id = randomUUID();
        const isLine = index % 2 === 1;
        const kind = isLine ? "registry-logs" : "distribution";
        const body = JSON.stringify(goodBodies[kind](id, recently(number % 300)));
        // As a registry does it: the same again until it is taken.
        for (;;) {
          const url = receivers[(index + number) % receivers.length]?.url;
          const status = await stage.post(kind, body, {}, url).then(
            (answer) => answer.status,
            () => "lost",
          );
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status === 202) {
            acknowledged.add(isLine ? `log:request:${id}` : id);
            break;
          }
          if (stop) return;
        }
      }
    };
    const startedAt = Date.now();
    const senders = Array.from({ length: 12 }, (_, index) => send(index));
    const whenAcknowledged = async (count: number) => {
      const end = Date.now() + 60_000;
      while (acknowledged.size < count || Date.now() - startedAt < settledMs) {
        if (Date.now() > end) throw new Error(`Only ${acknowledged.size} were taken.`);
        await new Promise((resolve) => setImmediate(resolve));
        await stage.post("harbor", "{}").catch(() => null);
      }
    };
    await whenAcknowledged(200);
    const postmaster = Number(
      readFileSync(join(home, "postgres/data/postmaster.pid"), "utf8").split("\n")[0],
    );
    process.kill(postmaster, "SIGKILL");
    const atKill = acknowledged.size;
    await whenAcknowledged(atKill + 200);
    const [killed] = receivers;
    await killed?.close();
    receivers = [await startTokenInstance(), ...receivers.slice(1)];
    await whenAcknowledged(acknowledged.size + 200);
    stop = true;
    await Promise.all(senders);
    expect([...statuses.keys()].filter((status) => ![202, 503, "lost"].includes(status))).toEqual([]);
    expect(statuses.get(503) ?? 0).toBeGreaterThan(0);
    const rows = await db().registryEvent.findMany({ select: { eventId: true } });
    const stored = rows.map(({ eventId }) => eventId);
    expect(new Set(stored).size, "nothing twice").toBe(stored.length);
    const known = new Set(stored);
    expect([...acknowledged].filter((id) => !known.has(id))).toEqual([]);
    await expectRollupsToAgree();
    const accepted = await db().eventSource.aggregate({ _sum: { accepted: true } });
    expect(Number(accepted._sum.accepted)).toBe(stored.length);
  }, 180_000);
});
