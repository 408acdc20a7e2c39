import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { measureOneRegistry } from "./events-registry.ts";
import { eventsSecret, seedEventRegistry } from "./fixtures/seed-events.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import type { BenchConsole, BenchStack } from "./harness/bench-stack.ts";
import { attachDatabase } from "./harness/bench-worker.ts";
import { type PostResult, postWithWrk } from "./harness/post-with-wrk.ts";
import { findWrk } from "./harness/replay-with-wrk.ts";
import type { Report } from "./harness/report.ts";
import { ratioOfRounds } from "./harness/statistics.ts";

const database = "events_ingest";
/** Where no registry can be started: what distribution 2.8 sent elsewhere, on two cores beside its clients. */
const usualPerSecond = 950;

interface Place {
  console: BenchConsole;
  client: Client;
  options: BenchOptions;
}

export async function measureIngest(
  options: BenchOptions,
  report: Report,
  stack: BenchStack,
  run: Run,
): Promise<void> {
  if (!findWrk()) {
    report.note("wrk is not on the PATH (apt-get install wrk): ingest is not measured");
    return;
  }
  const oneRegistry = (await measureOneRegistry(options, report, stack, run)) ?? usualPerSecond;
  const url = await stack.openFresh(database);
  await attachDatabase(stack, url);
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  await seedEventRegistry(client);
  const console = await stack.startConsole("events-ingest", url, {
    env: { WHARFINGER_LOG_LEVEL: "warn" },
  });
  const place = { console, client, options };
  await post(place, { events: 1, connections: 16, seconds: 2 });
  await measureRates(place, report, oneRegistry);
  await measureCrash(place, report, stack);
  await client.end().catch(() => undefined);
}

async function measureRates(place: Place, report: Report, oneRegistry: number): Promise<void> {
  const { options, client } = place;
  const seconds = options.quick ? 2 : 6;
  report.heading("Notifications through HTTP until they are committed, beside COPY of the same rows");
  const single: PostResult[] = [];
  const one: PostResult[] = [];
  const hundred: number[] = [];
  const singleRates: number[] = [];
  const copies: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    one.push(await post(place, { events: 1, connections: 1, seconds }));
    const many = await post(place, { events: 1, connections: 64, seconds });
    single.push(many);
    singleRates.push(many.good / many.seconds);
    const full = await post(place, { events: 100, connections: 8, seconds });
    hundred.push((await countRows(client)) / full.seconds);
    copies.push(await copySameRows(place));
  }
  const rate = (results: PostResult[]) => results.map(({ good, seconds: took }) => good / took);
  report.figure("1 event a POST, 1 connection", rate(one), "/s");
  report.figure(
    "  p99 of it",
    one.map(({ p99Ms }) => p99Ms),
    "ms",
  );
  report.figure("1 event a POST, 64 connections", singleRates, "/s");
  report.figure(
    "  p99 of it",
    single.map(({ p99Ms }) => p99Ms),
    "ms",
  );
  report.figure("100 events a POST, 8 connections", hundred, "events/s");
  report.figure("COPY of the same rows with the same indexes", copies, "rows/s");
  report.goal({ name: "C1 events with sums / COPY", samples: ratioOfRounds(hundred, copies), atLeast: 0.6 });
  report.goal({
    name: `C2 single events / what one registry sends (${Math.round(oneRegistry)}/s)`,
    samples: singleRates.map((each) => each / oneRegistry),
    atLeast: 15,
  });
  report.goal({
    name: "C2 p99 of an answer",
    samples: single.map(({ p99Ms }) => p99Ms),
    unit: "ms",
    atMost: 10,
  });
  report.goal({
    name: "C2 refused or broken",
    samples: [...one, ...single].map(({ bad }) => bad),
    atMost: 0,
  });
}

let runs = 0;

/** Into an empty table. */
async function post(
  { console, client, options }: Place,
  load: { events: number; connections: number; seconds: number },
): Promise<PostResult> {
  await client.query("TRUNCATE registry_event, event_hour");
  runs += 1;
  return postWithWrk({
    ...load,
    url: `${console.url}/api/ingest/distribution`,
    secret: eventsSecret,
    folder: options.home,
    run: `run-${process.pid}-${runs}`,
  });
}

async function countRows(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM registry_event");
  return Number(rows[0]?.count);
}

/** The server writes what it has just been told to a file and reads it again into the empty table: rows a second. */
async function copySameRows({ client, options }: Place): Promise<number> {
  const folder = join(options.home, "copy");
  const file = join(folder, "events.bin");
  mkdirSync(folder, { recursive: true });
  // Postgres may run under another account.
  chmodSync(options.home, 0o711);
  chmodSync(folder, 0o777);
  rmSync(file, { force: true });
  await client.query(`COPY (SELECT * FROM registry_event) TO '${file}' WITH (FORMAT binary)`);
  await client.query("TRUNCATE registry_event");
  const beganAt = performance.now();
  const { rowCount } = await client.query(`COPY registry_event FROM '${file}' WITH (FORMAT binary)`);
  const seconds = (performance.now() - beganAt) / 1_000;
  rmSync(file, { force: true });
  return (rowCount ?? 0) / seconds;
}

/** Receiver and database are killed while events are sent: what was acknowledged must be there, and the sums with it. */
async function measureCrash(
  { console, client, options }: Place,
  report: Report,
  stack: BenchStack,
): Promise<void> {
  report.heading("Postgres killed in the middle of it");
  await client.query("TRUNCATE registry_event, event_hour");
  await client.end().catch(() => undefined);
  const acknowledged: string[] = [];
  let running = true;
  const send = async (sender: number) => {
    for (let index = 0; running; index++) {
      const ids = Array.from({ length: 20 }, (_, place) => `crash-${sender}-${index}-${place}`);
      const answer = await fetch(`${console.url}/api/ingest/distribution`, {
        method: "POST",
        headers: { authorization: `Bearer ${eventsSecret}`, "content-type": "application/json" },
        body: JSON.stringify({ events: ids.map(prepareEvent) }),
      }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.status === 202) acknowledged.push(...ids);
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const senders = Array.from({ length: 8 }, (_, sender) => send(sender));
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await wait(options.quick ? 1_000 : 4_000);
  const beforeKill = acknowledged.length;
  process.kill(stack.postgresPid(), "SIGKILL");
  await wait(options.quick ? 6_000 : 12_000);
  running = false;
  await Promise.all(senders);
  const fresh = new Client({ connectionString: stack.urlOf(database) });
  fresh.on("error", () => undefined);
  await fresh.connect();
  const { rows } = await fresh.query<{ missing: string; rows: string; sums: string }>(
    `SELECT (SELECT count(*) FROM unnest($1::text[]) AS told(wanted) WHERE NOT EXISTS
        (SELECT FROM registry_event e WHERE e.event_id = told.wanted)) AS missing,
      (SELECT count(*) FROM registry_event) AS rows, (SELECT sum(count) FROM event_hour) AS sums`,
    [acknowledged],
  );
  await fresh.end();
  const told = rows[0] ?? { missing: "1", rows: "0", sums: "1" };
  report.figure("acknowledged before the kill / in all", [beforeKill, acknowledged.length]);
  report.goal({ name: "C1 acknowledged and not stored", samples: [Number(told.missing)], atMost: 0 });
  report.goal({
    name: "C1 rows and their sums differ by",
    samples: [Math.abs(Number(told.rows) - Number(told.sums))],
    atMost: 0,
  });
}

function prepareEvent(id: string) {
  return {
    id,
    timestamp: new Date().toISOString(),
    action: "pull",
    target: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${"a".repeat(64)}`,
      repository: "team/app",
      tag: "v1",
    },
    request: { addr: "10.0.0.9:42000", useragent: "containerd/v2.1", method: "GET" },
    actor: { name: "robot:ci" },
  };
}

/** Resident memory of the process behind a pid file, in bytes. */
export function readMemory(home: string, name: string): number {
  const { pid } = JSON.parse(readFileSync(join(home, "run", `${name}.json`), "utf8")) as { pid: number };
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(line ?? Number.NaN) * 1024;
}
