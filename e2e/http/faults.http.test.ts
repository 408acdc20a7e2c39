import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FaultProxy } from "#lib/testing/fault-proxy";
import { createTestDatabase, type TestDatabase } from "#lib/testing/test-database";
import { bearer, createUser } from "./identities.ts";
import { type OwnConsole, startOwnConsole } from "./own-console.ts";
import { readJson, sendRequest, type TestAnswer } from "./send-request.ts";
import { CookieJar, signIn } from "./sign-in.ts";
import { randomWord } from "./stage.ts";

let database: TestDatabase;
let client: Client;
let proxy: FaultProxy;
let console: OwnConsole;
let own: OwnConsole | null = null;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  proxy = await FaultProxy.before(database.url);
  console = await startOwnConsole(proxy.through(database.url));
}, 90_000);
afterAll(async () => {
  await console?.stop();
  await proxy.stop();
  await client.end();
  await database.drop();
});
beforeEach(() => proxy.heal());
afterEach(async () => {
  await own?.stop();
  own = null;
});

const read = (path = "/api/v1/teams") => sendRequest(console, { path, headers: bearer(console.apiKey) });

async function createTeam(slug: string): Promise<TestAnswer | null> {
  return sendRequest(console, {
    method: "POST",
    path: "/api/v1/teams",
    headers: bearer(console.apiKey),
    body: { slug, name: slug },
  }).catch(() => null);
}

async function waitForAnswer(withinMs: number): Promise<number> {
  const startedAt = Date.now();
  for (;;) {
    const answer = await read().catch(() => null);
    if (answer?.status === 200) return Date.now() - startedAt;
    if (Date.now() - startedAt > withinMs) throw new Error(`Still ${answer?.status} after ${withinMs} ms.`);
    await delay(50);
  }
}

function expectAway(answer: TestAnswer): void {
  expect(answer.status, answer.text).toBe(503);
  expect(answer.headers["content-type"]).toContain("application/problem+json");
  expect(readJson(answer).code).toBe("store-away");
}

/** Until so many of the console's changes wait for a lock. */
async function waitForWaiters(count: number): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows[0].n >= count) return;
    expect(Date.now(), `${rows[0].n} wait`).toBeLessThan(end);
    await delay(20);
  }
}

async function listPids(clients: readonly Client[]): Promise<number[]> {
  const answers = await Promise.all(clients.map((one) => one.query("SELECT pg_backend_pid() AS pid")));
  return answers.map(({ rows }) => rows[0].pid);
}

describe("F1: the database goes away under load", { timeout: 120_000 }, () => {
  it("loses nothing that it acknowledged, and works again within 10 s without a restart", async () => {
    const acknowledged: string[] = [];
    const statuses = new Set<number | null>();
    let stop = false;
    const writers = Array.from({ length: 8 }, async () => {
      while (!stop) {
        const slug = `f1-${randomWord()}`;
        const answer = await createTeam(slug);
        statuses.add(answer?.status ?? null);
        if (answer?.status === 201) acknowledged.push(slug);
      }
    });
    for (let round = 0; round < 6; round++) {
      await delay(400);
      proxy.reset();
    }
    proxy.fault = "refuse";
    proxy.reset();
    await delay(1_500);
    proxy.fault = "none";
    const back = await waitForAnswer(10_000);
    stop = true;
    await Promise.all(writers);
    expect(back).toBeLessThan(10_000);
    expect(acknowledged.length).toBeGreaterThan(3);
    // 500 would be "our mistake": a database that is away is not.
    expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([]);
    const rows = await client.query<{ slug: string }>("SELECT slug FROM team WHERE slug LIKE 'f1-%'");
    const kept = new Set(rows.rows.map(({ slug }) => slug));
    expect(acknowledged.filter((slug) => !kept.has(slug))).toEqual([]);
    const audited = await client.query<{ target: string }>(
      "SELECT target FROM audit_event WHERE action = 'team.create'",
    );
    const written = new Set(audited.rows.map(({ target }) => target));
    expect(
      [...kept].filter((slug) => !written.has(slug)),
      "each change has its audit row",
    ).toEqual([]);
  });

  it("survives every one of its connections being ended by Postgres", async () => {
    await read();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    expect(await waitForAnswer(10_000)).toBeLessThan(10_000);
    expect(console.process.exitCode).toBeNull();
  });
});

describe("F6: no way to the database", { timeout: 120_000 }, () => {
  it("refused connections: a typed error at once; alive, not ready, and sign-in is not called wrong", async () => {
    const user = await createUser(client);
    proxy.fault = "refuse";
    proxy.reset();
    await delay(100);
    for (const path of [
      "/api/v1/teams",
      "/api/v1/repositories",
      "/api/v1/audit-events",
      "/api/v1/search?q=x",
    ]) {
      const answer = await read(path);
      expectAway(answer);
      expect(answer.ms).toBeLessThan(6_000);
    }
    const ready = await sendRequest(console, { path: "/api/ready" });
    expect(ready.status).toBe(503);
    expect(readJson(ready).ready).toBe(false);
    const health = await sendRequest(console, { path: "/api/health", headers: bearer("x") });
    expect(health.status).toBe(200);
    expect(health.ms).toBeLessThan(3_000);
    const origin = `http://localhost:${new URL(console.url).port}`;
    const { ok, answer } = await signIn(console, origin, user.login, user.password, new CookieJar());
    expect(ok).toBe(false);
    expect(answer.status).toBe(503);
    const page = await sendRequest(console, { path: "/images", headers: { cookie: "wharfinger.session=x" } });
    expect(page.ms).toBeLessThan(6_000);
    proxy.fault = "none";
    expect(await waitForAnswer(10_000)).toBeLessThan(10_000);
  });

  it("a way that swallows everything: a typed error within the deadline, and back by itself", async () => {
    await Promise.all(Array.from({ length: 10 }, () => read()));
    proxy.fault = "swallow";
    const answers = await Promise.all(Array.from({ length: 12 }, () => read()));
    for (const answer of answers) {
      expectAway(answer);
      expect(answer.ms).toBeLessThan(20_000);
    }
    const health = await sendRequest(console, { path: "/api/health" });
    expect(health.ms).toBeLessThan(3_000);
    proxy.fault = "none";
    proxy.reset();
    expect(await waitForAnswer(10_000)).toBeLessThan(10_000);
  });

  it("a slow way is slow, and nothing else", async () => {
    proxy.latencyMs = 60;
    const answers = await Promise.all(Array.from({ length: 20 }, () => read()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe("F3: too much at once", { timeout: 120_000 }, () => {
  it("every connection that Postgres allows is taken: 503 and not ready, then back", async () => {
    const role = `limited_${randomWord()}`;
    const limit = 4;
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'only-here' CONNECTION LIMIT ${limit} IN ROLE CURRENT_USER`,
    );
    const url = new URL(database.url);
    url.username = role;
    url.password = "only-here";
    own = await startOwnConsole(url.href);
    const ask = () => own && sendRequest(own, { path: "/api/v1/teams", headers: bearer(own.apiKey) });
    expect((await ask())?.status).toBe(200);
    const holders: Client[] = [];
    while (holders.length < limit) {
      // The console's own connections make room.
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND pid <> ALL($2)",
        [role, await listPids(holders)],
      );
      const holder = new Client({ connectionString: url.href });
      holder.on("error", () => {});
      if (
        await holder.connect().then(
          () => true,
          () => false,
        )
      )
        holders.push(holder);
    }
    for (const answer of await Promise.all(Array.from({ length: 60 }, ask))) {
      if (answer) expectAway(answer);
      expect(answer?.ms).toBeLessThan(20_000);
    }
    const ready = await sendRequest(own, { path: "/api/ready" });
    expect(ready.status).toBe(503);
    expect((await sendRequest(own, { path: "/api/health" })).status).toBe(200);
    for (const holder of holders) await holder.end();
    const end = Date.now() + 10_000;
    while ((await ask())?.status !== 200) expect(Date.now()).toBeLessThan(end);
    expect((await sendRequest(own, { path: "/api/ready" })).status).toBe(200);
    await own.stop();
    await client.query(`DROP ROLE ${role}`);
  });

  it("more requests than connections, on a lock that is held: each is answered, health at once", async () => {
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE team IN ACCESS EXCLUSIVE MODE");
    const waiting = Array.from({ length: 40 }, () => read());
    await waitForWaiters(5);
    const health = await sendRequest(console, { path: "/api/health" });
    expect(health.status).toBe(200);
    expect(health.ms).toBeLessThan(3_000);
    await delay(1_500);
    await holder.query("ROLLBACK");
    await holder.end();
    const statuses = new Set((await Promise.all(waiting)).map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(await waitForAnswer(10_000)).toBeLessThan(10_000);
  });

  it("the same change twenty times at once has one effect, and no answer is 500", async () => {
    const slug = `f3-${randomWord()}`;
    const made = await Promise.all(Array.from({ length: 20 }, () => createTeam(slug)));
    expect(made.filter((answer) => answer?.status === 201)).toHaveLength(1);
    for (const answer of made) expect([201, 409, 503]).toContain(answer?.status);
    const login = `f3-${randomWord()}`;
    const people = await Promise.all(
      Array.from({ length: 20 }, () =>
        sendRequest(console, {
          method: "POST",
          path: "/api/v1/users",
          headers: bearer(console.apiKey),
          body: { login, name: login },
        }),
      ),
    );
    expect(people.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status } of people) expect([201, 409, 503]).toContain(status);
    const changes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        sendRequest(console, {
          method: "PATCH",
          path: `/api/v1/teams/${slug}`,
          headers: bearer(console.apiKey),
          body: { name: `n${index}`, members: index % 2 ? [login] : [] },
        }),
      ),
    );
    for (const { status, text } of changes) expect([200, 503], text).toContain(status);
  });
});

describe("F5: it is told to stop", { timeout: 150_000 }, () => {
  it("what is under way is answered, nothing new is taken, and it ends by itself", async () => {
    const started = await startOwnConsole(proxy.through(database.url));
    own = started;
    const call = (slug: string) =>
      sendRequest(started, {
        method: "POST",
        path: "/api/v1/teams",
        headers: { ...bearer(started.apiKey), connection: "close" },
        body: { slug, name: slug },
      });
    await call(`f5-${randomWord()}`);
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE team IN ACCESS EXCLUSIVE MODE");
    const slugs = Array.from({ length: 5 }, () => `f5-${randomWord()}`);
    const under = slugs.map((slug) => call(slug));
    await waitForWaiters(slugs.length);
    started.process.kill("SIGTERM");
    // It takes nothing new from here on.
    while (
      await sendRequest(started, { path: "/api/health" }).then(
        () => true,
        () => false,
      )
    )
      await delay(20);
    await holder.query("ROLLBACK");
    await holder.end();
    const answers = await Promise.all(under);
    for (const answer of answers) expect(answer.status, answer.text).toBe(201);
    expect(await started.exited).toBe(0);
    await expect(call(`f5-${randomWord()}`)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    const rows = await client.query("SELECT 1 FROM team WHERE slug = ANY($1)", [slugs]);
    expect(rows.rowCount).toBe(5);
  });

  it("killed in the middle, it leaves whole changes or none", async () => {
    const started = await startOwnConsole(proxy.through(database.url));
    own = started;
    proxy.latencyMs = 20;
    const slugs = Array.from({ length: 30 }, () => `kill-${randomWord()}`);
    const under = slugs.map((slug) =>
      sendRequest(started, {
        method: "POST",
        path: "/api/v1/teams",
        headers: bearer(started.apiKey),
        body: { slug, name: slug, patterns: [{ pattern: "team-a/**" }] },
      }).catch(() => null),
    );
    await delay(250);
    started.process.kill("SIGKILL");
    await Promise.all(under);
    await started.exited;
    proxy.latencyMs = 0;
    await delay(300);
    const halves = await client.query(
      `SELECT t.slug FROM team t WHERE t.slug LIKE 'kill-%'
         AND ((SELECT count(*) FROM team_pattern p WHERE p.team_id = t.id) <> 1
           OR (SELECT count(*) FROM audit_event a WHERE a.action = 'team.create' AND a.target = t.slug) <> 1)`,
    );
    expect(halves.rows).toEqual([]);
  });

  it("with few descriptors it serves whom it can, and everybody again once others have gone", async () => {
    const started = await startOwnConsole(
      database.url,
      {},
      {
        before: ["/bin/sh", "-c", 'ulimit -n 128; exec "$0" "$@"'],
      },
    );
    own = started;
    const ask = () =>
      sendRequest(started, { path: "/api/v1/teams", headers: bearer(started.apiKey) }).catch(() => null);
    expect((await ask())?.status).toBe(200);
    const port = Number(new URL(started.url).port);
    const idle = Array.from({ length: 200 }, () =>
      connect({ host: "127.0.0.1", port }).on("error", () => {}),
    );
    await Promise.all(idle.map((socket) => once(socket, "connect").catch(() => null)));
    // It may not have taken all of them, and a connection to Postgres may be what it lacks.
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => Promise.race([ask(), delay(3_000, null)])),
    );
    for (const answer of answers) expect([200, 503, undefined]).toContain(answer?.status);
    for (const socket of idle) socket.destroy();
    const end = Date.now() + 20_000;
    while ((await ask())?.status !== 200) expect(Date.now()).toBeLessThan(end);
    expect(started.process.exitCode).toBeNull();
  });

  it("without memory it dies, and what it was told before is kept", async () => {
    const hoard = `const kept = [];
      process.once("SIGUSR2", () => setInterval(() => kept.push(new Array(2_000_000).fill(kept.length)), 10));`;
    const started = await startOwnConsole(
      database.url,
      {},
      {
        nodeOptions: [
          "--max-old-space-size=250",
          "--import",
          `data:text/javascript,${encodeURIComponent(hoard)}`,
        ],
      },
    );
    own = started;
    const acknowledged: string[] = [];
    started.process.kill("SIGUSR2");
    for (;;) {
      const slug = `oom-${randomWord()}`;
      const answer = await sendRequest(started, {
        method: "POST",
        path: "/api/v1/teams",
        headers: bearer(started.apiKey),
        body: { slug, name: slug, patterns: [{ pattern: "team-a/**" }] },
      }).catch(() => null);
      if (answer === null) break;
      if (answer.status === 201) acknowledged.push(slug);
    }
    await started.exited;
    const whole = await client.query(
      `SELECT t.slug FROM team t WHERE t.slug LIKE 'oom-%'
         AND (SELECT count(*) FROM team_pattern p WHERE p.team_id = t.id) = 1
         AND (SELECT count(*) FROM audit_event a WHERE a.action = 'team.create' AND a.target = t.slug) = 1`,
    );
    const all = await client.query("SELECT slug FROM team WHERE slug LIKE 'oom-%'");
    expect(whole.rowCount).toBe(all.rowCount);
    const kept = new Set(whole.rows.map(({ slug }) => slug));
    expect(acknowledged.filter((slug) => !kept.has(slug))).toEqual([]);
  });

  it("a port that is taken is one clear sentence", async () => {
    const { port } = new URL(console.url);
    await expect(startOwnConsole(database.url, { PORT: port })).rejects.toThrow(/taken/);
  });
});
