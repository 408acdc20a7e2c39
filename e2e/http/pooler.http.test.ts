import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDb, type Db } from "#lib/db/client";
import { migrateDatabase } from "#lib/db/migrate";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";
import { findPooler, startPooler, type TestPooler } from "#lib/testing/pooler";
import { pushSmallFleet } from "#lib/testing/push-content";
import { createEmptyTestDatabase, type TestDatabase } from "#lib/testing/test-database";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { bearer } from "./identities.ts";
import { type OwnConsole, startOwnConsole } from "./own-console.ts";
import { readJson, sendRequest } from "./send-request.ts";
import { randomWord } from "./stage.ts";

const program = findPooler();
const root = join(import.meta.dirname, "..", "..");
const poolSize = 6;
let database: TestDatabase;
let pooler: TestPooler;
let pooledUrl: string;
let console: OwnConsole;
let registry: TestRegistry;
let db: Db;
const workers = new Set<ChildProcess>();

const missing = program === null ? " (pgbouncer is not on this machine)" : "";

describe.skipIf(program === null)(
  `F3: behind pgbouncer in transaction mode${missing}`,
  { timeout: 120_000 },
  () => {
    beforeAll(async () => {
      database = await createEmptyTestDatabase();
      pooler = await startPooler({ program: program ?? "", databaseUrl: database.url, size: poolSize });
      pooledUrl = pooler.urlOf(new URL(database.url).pathname.slice(1));
      db = createDb(database.url);
      const applied = (
        await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(pooledUrl)))
      ).flatMap((result) => result.applied);
      expect(new Set(applied).size).toBe(applied.length);
      console = await startOwnConsole(pooledUrl);
      registry = await startTestRegistry();
    }, 120_000);
    afterAll(async () => {
      for (const worker of workers) worker.kill("SIGKILL");
      await registry?.stop();
      await console?.stop();
      await db?.$disconnect();
      await pooler?.stop();
      await database?.drop();
    });

    const send = (method: string, path: string, body?: unknown) =>
      sendRequest(console, { method, path, headers: bearer(console.apiKey), ...(body ? { body } : {}) });

    function startWorker(): ChildProcess {
      const worker = spawn(process.execPath, [join(root, "worker.ts")], {
        cwd: root,
        env: {
          ...process.env,
          DATABASE_URL: pooledUrl,
          WHARFINGER_MASTER_KEY: console.settings.WHARFINGER_MASTER_KEY,
          WHARFINGER_LOG_LEVEL: "error",
        },
        stdio: ["ignore", "ignore", "inherit"],
      });
      workers.add(worker);
      return worker;
    }

    async function waitForSync(slug: string): Promise<void> {
      const end = Date.now() + 60_000;
      for (;;) {
        const { state, error } = readJson(await send("GET", `/api/v1/registries/${slug}/sync`));
        if (state === "succeeded") return;
        if (state === "failed" || Date.now() > end) throw new Error(`The run is ${state}: ${error}`);
        await delay(100);
      }
    }

    it("migrates and starts, several at once, and starts again", async () => {
      const again = await startOwnConsole(pooledUrl);
      await again.stop();
      const keys = await db.apiKey.count();
      expect(keys).toBe(1);
    });

    it("reads and changes at once as it does without: one effect each, locks hold, no answer is 500", async () => {
      const slugs = Array.from({ length: 30 }, (_, index) => `p-${randomWord()}-${index % 10}`);
      const slug = `one-${randomWord()}`;
      const answers = await Promise.all([
        ...slugs.map((name) => send("POST", "/api/v1/teams", { slug: name, name })),
        ...Array.from({ length: 12 }, () => send("POST", "/api/v1/teams", { slug, name: slug })),
        ...Array.from({ length: 30 }, () => send("GET", "/api/v1/teams?limit=5")),
        ...Array.from({ length: 10 }, () => send("GET", "/api/v1/audit-events?limit=5")),
      ]);
      const made = answers.slice(0, slugs.length);
      expect(made.map(({ status }) => status)).toEqual(slugs.map(() => 201));
      const same = answers.slice(slugs.length, slugs.length + 12).map(({ status }) => status);
      expect(same.filter((status) => status === 201)).toHaveLength(1);
      expect(same.filter((status) => status !== 201 && status !== 409)).toEqual([]);
      expect(answers.slice(slugs.length + 12).map(({ status }) => status)).toEqual(Array(40).fill(200));
      expect(await db.auditEvent.count({ where: { action: "team.create" } })).toBe(31);
    });

    it("two workers take a crawl, one is killed, and the inventory equals that of a clean crawl", async () => {
      const client = createTestClient(registry.url, { timeouts: { headersMs: 20_000, deadlineMs: 20_000 } });
      await pushSmallFleet(client, 20);
      await client.close();
      await send("POST", "/api/v1/allowed-networks", { cidr: "127.0.0.0/8", reason: "test" });
      for (const slug of ["clean", "killed"]) {
        const body = { slug, url: registry.url.replace("localhost", "127.0.0.1"), syncEveryMinutes: 0 };
        const made = await send("POST", "/api/v1/registries", { ...body, requestsPerSecond: 60 });
        expect(made.status, made.text).toBe(201);
      }
      const first = startWorker();
      const second = startWorker();
      await send("POST", "/api/v1/registries/clean/sync", {});
      await waitForSync("clean");
      await send("POST", "/api/v1/registries/killed/sync", {});
      const end = Date.now() + 30_000;
      while (
        (await db.syncRun.count({ where: { registry: { slug: "killed" }, requests: { gt: 10 } } })) === 0
      ) {
        if (Date.now() > end) throw new Error("The run does not begin.");
        await delay(20);
      }
      first.kill("SIGKILL");
      await once(first, "exit");
      await waitForSync("killed");
      expect(await dumpInventory(db, "killed")).toEqual(await dumpInventory(db, "clean"));
      second.kill("SIGTERM");
      expect((await once(second, "exit"))[0]).toBe(0);
    });

    it("every session taken by others: 503 within the deadline, not ready, alive, and back by itself", async () => {
      const holders = Array.from({ length: poolSize }, () => new Client({ connectionString: pooledUrl }));
      for (const holder of holders) {
        await holder.connect();
        await holder.query("BEGIN");
        await holder.query("SELECT 1");
      }
      const answers = await Promise.all(Array.from({ length: 20 }, () => send("GET", "/api/v1/teams")));
      for (const answer of answers) {
        expect(answer.status, answer.text).toBe(503);
        expect(readJson(answer).code).toBe("store-away");
        expect(answer.ms).toBeLessThan(20_000);
      }
      const ready = await sendRequest(console, { path: "/api/ready" });
      expect(ready.status).toBe(503);
      const health = await sendRequest(console, { path: "/api/health" });
      expect(health.status).toBe(200);
      expect(health.ms).toBeLessThan(3_000);
      for (const holder of holders) await holder.end();
      const end = Date.now() + 10_000;
      while ((await send("GET", "/api/v1/teams")).status !== 200) expect(Date.now()).toBeLessThan(end);
      expect((await sendRequest(console, { path: "/api/ready" })).status).toBe(200);
    });
  },
);
