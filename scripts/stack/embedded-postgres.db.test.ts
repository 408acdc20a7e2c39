import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EmbeddedPostgres, ensureDatabase, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { PidFiles } from "./pid-files.ts";
import { identify, waitUntilGone } from "./process-identity.ts";
import { Supervisor } from "./supervisor.ts";

const root = join(import.meta.dirname, "..", "..");
const password = "only-for-this-test-only-for-this-test";
let home: string;
let supervisor: Supervisor;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "wharfinger-postgres-"));
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(home, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const pidFiles = new PidFiles(home);
  supervisor = new Supervisor(home, pidFiles);
  const postgres = await startEmbeddedPostgres({ root, home, password, supervisor });
  await ensureDatabase(postgres.urlOf("postgres"), "wharfinger");
  return postgres;
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.urlOf("wharfinger") });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function readPostmasterPid(): number {
  return Number(readFileSync(join(home, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
}

describe("startEmbeddedPostgres", () => {
  it("keeps the data over a stop and a start, on the same port", async () => {
    const first = await start();
    await query(first, "CREATE TABLE kept AS SELECT 42 AS answer");
    await supervisor.stop();
    const second = await start();
    expect(await query(second, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    expect(second.port).toBe(first.port);
  });

  it("F1: killed with SIGKILL it is started again by itself, with every committed row", async () => {
    const postgres = await start();
    await query(postgres, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id");
    const killed = readPostmasterPid();
    const identity = identify(killed);
    // It counts as working once it has run for a while.
    await delay(5_100);
    process.kill(killed, "SIGKILL");
    expect(identity && (await waitUntilGone(identity, 5_000))).toBe(true);
    const count = () => query(postgres, "SELECT count(*)::int AS n FROM kept").catch(() => null);
    await vi.waitFor(async () => expect(await count()).toEqual([{ n: 1000 }]), 30_000);
    expect(readPostmasterPid()).not.toBe(killed);
  });

  it("takes over from a Postgres that a killed start left running", async () => {
    const first = await start();
    await query(first, "CREATE TABLE kept AS SELECT 1 AS one");
    const orphan = identify(readPostmasterPid());
    const abandoned = supervisor;
    const second = await start();
    expect(await query(second, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
    expect(orphan && (await waitUntilGone(orphan, 100))).toBe(true);
    await abandoned.stop();
  });

  it("is not stopped by a lock file that names somebody else's process", async () => {
    await start();
    await supervisor.stop();
    writeFileSync(join(home, "postgres/data/postmaster.pid"), `${process.pid}\n/elsewhere\n1\n5432\n\n\n`);
    expect(await query(await start(), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("begins anew after a first start that was killed half way", async () => {
    await start();
    await supervisor.stop();
    rmSync(join(home, "postgres"), { recursive: true });
    const half = join(home, "postgres", "data.new");
    writeFileSync(join(mkdirs(half), "PG_VERSION"), "18\n");
    expect(await query(await start(), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("listens on loopback only and wants the password", async () => {
    const postgres = await start();
    const client = new Client({ connectionString: postgres.urlOf("postgres").replace(password, "another") });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
    expect(await query(postgres, "SELECT current_setting('listen_addresses') AS at")).toEqual([
      { at: "127.0.0.1" },
    ]);
  });
});

function mkdirs(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
