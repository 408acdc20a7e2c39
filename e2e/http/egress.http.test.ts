import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestClient, type ScriptedServer, startCanary } from "#lib/oci/testing/hostile-registry";
import { pushSmallFleet } from "#lib/testing/push-content";
import { createTestDatabase, type TestDatabase } from "#lib/testing/test-database";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { canTrace, findTracer, readTrace, traceInto } from "#lib/testing/trace";
import { bearer } from "./identities.ts";
import { startOwnConsole } from "./own-console.ts";
import { readJson, sendRequest } from "./send-request.ts";

const root = join(import.meta.dirname, "..", "..");
const tracer = findTracer();
const missing =
  tracer === null ? " (strace is not on this machine)" : canTrace(tracer) ? "" : " (no ptrace here)";

/** What somebody's account holds besides us. */
const secretFiles = [
  ".ssh/id_ed25519",
  ".aws/credentials",
  ".docker/config.json",
  ".npmrc",
  ".netrc",
  ".pgpass",
];

describe.skipIf(missing !== "")(
  `S2: what the running console reaches${missing}`,
  { timeout: 120_000 },
  () => {
    let database: TestDatabase;
    let registry: TestRegistry;
    let canary: ScriptedServer;
    let folder: string;

    beforeAll(async () => {
      database = await createTestDatabase();
      registry = await startTestRegistry();
      canary = await startCanary();
      folder = mkdtempSync(join(tmpdir(), "wharfinger-egress-"));
      for (const name of secretFiles) {
        mkdirSync(dirname(join(folder, "home", name)), { recursive: true });
        writeFileSync(join(folder, "home", name), "canary");
      }
      const client = createTestClient(registry.url, { timeouts: { headersMs: 20_000, deadlineMs: 20_000 } });
      await pushSmallFleet(client, 4);
      await client.close();
    }, 120_000);
    afterAll(async () => {
      await registry?.stop();
      await canary?.close();
      await database?.drop();
      if (folder) rmSync(folder, { recursive: true, force: true });
    });

    it("is its database and its registry, and no file of anybody else's", async () => {
      const settings = {
        HOME: join(folder, "home"),
        // Whoever reports home or minds a proxy of the environment comes here.
        HTTP_PROXY: canary.origin,
        HTTPS_PROXY: canary.origin,
        ALL_PROXY: canary.origin,
        OTEL_EXPORTER_OTLP_ENDPOINT: canary.origin,
      };
      const traces = ["console", "worker"].map((name) => join(folder, `${name}.trace`));
      const [consoleTrace = "", workerTrace = ""] = traces;
      const console = await startOwnConsole(database.url, settings, {
        before: traceInto(tracer ?? "", consoleTrace),
      });
      const [command = "", ...args] = [
        ...traceInto(tracer ?? "", workerTrace),
        process.execPath,
        "worker.ts",
      ];
      const worker = spawn(command, args, {
        cwd: root,
        env: { ...process.env, ...console.settings, WHARFINGER_LOG_LEVEL: "error" },
        stdio: "ignore",
      });
      const workerEnded = once(worker, "exit");
      const send = (method: string, path: string, body?: unknown) =>
        sendRequest(console, { method, path, headers: bearer(console.apiKey), ...(body ? { body } : {}) });
      try {
        await send("POST", "/api/v1/allowed-networks", { cidr: "127.0.0.0/8", reason: "test" });
        const url = `http://127.0.0.1:${registry.port}`;
        const made = await send("POST", "/api/v1/registries", { slug: "pier", url, syncEveryMinutes: 0 });
        expect(made.status, made.text).toBe(201);
        expect((await send("POST", "/api/v1/registries/pier/test", {})).status).toBe(200);
        await send("POST", "/api/v1/registries/pier/sync", {});
        const end = Date.now() + 60_000;
        while (readJson(await send("GET", "/api/v1/registries/pier/sync")).state !== "succeeded") {
          expect(Date.now(), "the crawl ends").toBeLessThan(end);
          await delay(100);
        }
        for (const path of ["/sign-in", "/images", "/api/openapi.json", "/api/v1/search?q=app", "/api/ready"])
          expect((await send("GET", path)).status).toBeLessThan(400);
      } finally {
        console.process.kill("SIGTERM");
        worker.kill("SIGTERM");
        await Promise.all([console.exited, workerEnded]);
      }
      const allowed = new Set([`127.0.0.1:${new URL(database.url).port}`, `127.0.0.1:${registry.port}`]);
      const own = [root, "/proc/", "/sys/", "/dev/", "/usr/", "/lib", "/etc/ssl/", "/etc/ld.so"];
      const ofTheSystem = ["hosts", "resolv.conf", "nsswitch.conf", "localtime", "host.conf", "gai.conf"];
      for (const file of traces) {
        const { destinations, files, programs } = readTrace(file);
        expect(destinations.length, "the trace saw connections").toBeGreaterThan(0);
        expect(files.length, "the trace saw files").toBeGreaterThan(10);
        expect(destinations.filter((one) => !allowed.has(one))).toEqual([]);
        const foreign = files.filter(
          (path) =>
            path.startsWith("/") &&
            !own.some((prefix) => path.startsWith(prefix)) &&
            !ofTheSystem.includes(path.replace("/etc/", "")),
        );
        expect(foreign).toEqual([]);
        expect(files.filter((path) => path.includes("canary") || path.startsWith(folder))).toEqual([]);
        expect(programs, "no other program is started").toEqual([process.execPath]);
      }
      expect(canary.requests).toEqual([]);
    });
  },
);
