import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { db } from "#lib/db/client";
import { crawlRegistry } from "#lib/inventory/crawl";
import { claimRun } from "#lib/inventory/store-crawl";
import { startSync } from "#lib/inventory/sync-service";
import { manifestAccept } from "#lib/oci/media-types";
import { openRegistryClient } from "#lib/registries/open-client";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { findFreePort } from "../scripts/stack/ports.ts";
import type { RegistryProgram } from "../scripts/stack/registry-program.ts";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { startRegistry } from "../scripts/stack/start-registry.ts";
import { openPushClient, pushRepositories } from "./fixtures/push-repositories.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import type { BenchStack } from "./harness/bench-stack.ts";
import { attachDatabase, crawlByWorker, releaseDatabase, startWorker } from "./harness/bench-worker.ts";
import { readCpuSeconds } from "./harness/machine.ts";
import { findWrk, type RecordedRequest, type Replay, replayWithWrk } from "./harness/replay-with-wrk.ts";
import type { Report } from "./harness/report.ts";
import { ratioOfRounds } from "./harness/statistics.ts";
import { summariseProfile } from "./harness/summarise-profile.ts";

export interface CrawlBench {
  options: BenchOptions;
  report: Report;
  stack: BenchStack;
  run: Run;
  program: RegistryProgram;
  repositories: number;
}

interface CrawlRound {
  requests: number;
  seconds: number;
  registryCpu: number;
  workerCpu: number;
  postgresCpu: number;
}

interface Place {
  url: string;
  login: { user: string; password: string } | null;
  registryPid: number;
  folder: string;
}

const slug = "crawled";
/** What the crawl keeps open, and so what wrk gets. */
const connections = 16;

/** A first inventory into an empty database until its last row is committed, alternating with wrk on the same URLs. */
export async function measureThroughput(bench: CrawlBench): Promise<void> {
  const { options, report, stack, repositories } = bench;
  const place = await openFilledRegistry(bench);
  const hasWrk = findWrk();
  const login = options.login ? "with a login for each request" : "without login";
  report.heading(`First inventory of ${repositories.toLocaleString("en-US")} repositories, ${login}`);
  if (!hasWrk) report.note("wrk is not on the PATH (apt-get install wrk): the ceiling is not measured");
  const requests = await recordRequests(bench, place);
  report.note(
    `The crawl asks ${requests.length.toLocaleString("en-US")} URLs over ${connections} connections`,
  );
  const ours: CrawlRound[] = [];
  const ceiling: (Replay & { registryCpu: number })[] = [];
  for (let round = 0; round < options.rounds; round++) {
    ours.push(await crawlOnce(bench, place));
    if (!hasWrk) continue;
    const before = readCpuSeconds(place.registryPid);
    const replay = await replayWithWrk({ url: place.url, requests, connections, folder: place.folder });
    ceiling.push({ ...replay, registryCpu: readCpuSeconds(place.registryPid) - before });
  }
  reportThroughput(report, repositories, ours, ceiling);
  if (options.profile) {
    const folder = join(place.folder, `profile-${Date.now()}`);
    mkdirSync(folder, { recursive: true });
    const profiled = await crawlOnce(bench, place, folder);
    for (const line of summariseProfile(folder, profiled.requests)) report.note(line);
  }
  await stack.drop("crawl_bench");
}

async function openFilledRegistry({
  options,
  stack,
  program,
  repositories,
  run,
}: CrawlBench): Promise<Place> {
  const folder = join(options.home, `registry-${repositories}`);
  mkdirSync(folder, { recursive: true });
  const { secrets, supervisor } = stack;
  const login = options.login ? { user: "wharfinger", password: secrets.registryConsolePassword } : null;
  const { url } = await startRegistry({
    program,
    home: folder,
    port: await findFreePort(),
    access: { kind: "logins", logins: login === null ? [] : [login] },
    httpSecret: secrets.registryHttpSecret,
    notifications: null,
    supervisor,
  });
  const credentials = login
    ? { kind: "basic" as const, username: login.user, password: login.password }
    : { kind: "none" as const };
  const client = openPushClient(url, credentials);
  await pushRepositories(client, { repositories, doneFile: join(folder, "pushed"), report: run.report });
  await client.close();
  const pidFile = readFileSync(join(options.home, "run", "registry.json"), "utf8");
  return { url, login, registryPid: (JSON.parse(pidFile) as { pid: number }).pid, folder };
}

async function connect(
  stack: BenchStack,
  place: Place,
): Promise<{ databaseUrl: string; registryId: number }> {
  const databaseUrl = await stack.openFresh("crawl_bench");
  await attachDatabase(stack, databaseUrl);
  const credential = place.login
    ? { credentialKind: "basic" as const, username: place.login.user, secret: place.login.password }
    : {};
  return { databaseUrl, registryId: await connectTestRegistry(slug, place.url, credential) };
}

/** The URLs that the crawl asks for, in its order. This run is not timed. */
async function recordRequests({ stack }: CrawlBench, place: Place): Promise<RecordedRequest[]> {
  const { registryId } = await connect(stack, place);
  await startSync(testContext, slug, { kind: "full" });
  const queued = await db().syncRun.findFirstOrThrow({ where: { registryId } });
  const run = await claimRun(Number(queued.id));
  if (run === null) throw new Error("The run is not to be had.");
  const recorded: RecordedRequest[] = [];
  const headers: Record<string, string> = { "user-agent": "Wharfinger (console; mark 0123456789ab)" };
  if (place.login)
    headers.authorization = `Basic ${Buffer.from(`${place.login.user}:${place.login.password}`).toString("base64")}`;
  const client = await openRegistryClient(registryId, {
    onRequest: (method, url) => {
      const path = url.slice(place.url.length);
      const accept = path.includes("/manifests/")
        ? manifestAccept
        : path.includes("/blobs/")
          ? "*/*"
          : "application/json";
      recorded.push({ method, path, headers: { ...headers, "accept-encoding": "identity", accept } });
    },
  });
  const stop = new AbortController();
  await crawlRegistry({
    run,
    client,
    signal: stop.signal,
    abort: () => stop.abort(),
    countRequests: () => recorded.length,
  });
  await client.close();
  await releaseDatabase();
  return recorded;
}

async function crawlOnce(
  { options, stack }: CrawlBench,
  place: Place,
  profileFolder: string | null = null,
): Promise<CrawlRound> {
  const { databaseUrl } = await connect(stack, place);
  const worker = await startWorker(options, stack, databaseUrl, profileFolder);
  try {
    await db().$executeRaw`CHECKPOINT`;
    const read = () => [place.registryPid, worker.pid, stack.postgresPid()].map(readCpuSeconds);
    const before = read();
    const run = await crawlByWorker(slug, "full");
    const [registryCpu = 0, workerCpu = 0, postgresCpu = 0] = read().map(
      (value, index) => value - (before[index] ?? 0),
    );
    const seconds = ((run.finishedAt?.getTime() ?? 0) - (run.startedAt?.getTime() ?? 0)) / 1_000;
    return { requests: run.requests, seconds, registryCpu, workerCpu, postgresCpu };
  } finally {
    await worker.stop();
    await releaseDatabase();
  }
}

function reportThroughput(
  report: Report,
  repositories: number,
  ours: CrawlRound[],
  ceiling: (Replay & { registryCpu: number })[],
): void {
  const ourRate = ours.map((round) => round.requests / round.seconds);
  const wrkRate = ceiling.map((round) => round.requests / round.seconds);
  const perRequest = (cpu: number, requests: number) => (cpu / requests) * 1e6;
  report.figure("our inventory", ourRate, "requests/s");
  report.figure(
    "our inventory",
    ours.map((round) => round.seconds),
    "s",
  );
  report.figure("wrk over the same URLs", wrkRate, "requests/s");
  report.figure(
    "CPU of the registry under us",
    ours.map((r) => perRequest(r.registryCpu, r.requests)),
    "us/request",
  );
  report.figure(
    "CPU of our worker",
    ours.map((r) => perRequest(r.workerCpu, r.requests)),
    "us/request",
  );
  report.figure(
    "CPU of Postgres",
    ours.map((r) => perRequest(r.postgresCpu, r.requests)),
    "us/request",
  );
  report.figure(
    "CPU of the registry under wrk",
    ceiling.map((r) => perRequest(r.registryCpu, r.requests)),
    "us/request",
  );
  report.figure(
    "CPU of wrk",
    ceiling.map((r) => perRequest(r.cpuSeconds, r.requests)),
    "us/request",
  );
  report.goal({
    name: `B1 our requests/s / wrk's, ${repositories.toLocaleString("en-US")} repositories`,
    samples: ratioOfRounds(ourRate, wrkRate),
    atLeast: 0.95,
  });
}
