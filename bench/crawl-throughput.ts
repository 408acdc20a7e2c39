import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { db } from "#lib/db/client";
import { connectTestRegistry } from "#lib/testing/connect-test-registry";
import { findFreePort } from "../scripts/stack/ports.ts";
import type { RegistryProgram } from "../scripts/stack/registry-program.ts";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { startRegistry } from "../scripts/stack/start-registry.ts";
import { openPushClient, pushRepositories } from "./fixtures/push-repositories.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import type { BenchStack } from "./harness/bench-stack.ts";
import {
  attachDatabase,
  crawlByWorker,
  releaseDatabase,
  startWorker,
  waitForJobs,
} from "./harness/bench-worker.ts";
import { startCountingProxy } from "./harness/counting-proxy.ts";
import { readCpuSeconds, readMachineSeconds } from "./harness/machine.ts";
import { findWrk, type RecordedRequest, replayWithWrk } from "./harness/replay-with-wrk.ts";
import type { Report } from "./harness/report.ts";
import { median, ratioOfRounds } from "./harness/statistics.ts";
import { summariseProfile } from "./harness/summarise-profile.ts";

export interface CrawlBench {
  options: BenchOptions;
  report: Report;
  stack: BenchStack;
  run: Run;
  program: RegistryProgram;
  repositories: number;
}

/** CPU seconds of each part, and how long the cores had nothing to do. */
type Shares = { registry: number; worker: number; postgres: number; wrk: number; idle: number; all: number };
type Round = { requests: number; seconds: number; shares: Shares };

interface Place {
  url: string;
  login: { user: string; password: string } | null;
  registryPid: number;
  folder: string;
}

const slug = "crawled";
/** What the crawl keeps open, and so what wrk gets. */
const connections = 16;
/** Rounds in which other processes took more than this of the cores say nothing about speed. */
const quietPercent = 10;

/** A first inventory into an empty database until its last row is committed, alternating with wrk on the same URLs. */
export async function measureThroughput(bench: CrawlBench): Promise<void> {
  const { options, report, stack, repositories } = bench;
  const place = await openFilledRegistry(bench);
  const hasWrk = findWrk();
  const login = options.login ? "with a login for each request" : "without login";
  report.heading(`First inventory of ${repositories.toLocaleString("en-US")} repositories, ${login}`);
  if (!hasWrk) report.note("wrk is not on the PATH (apt-get install wrk): the ceiling is not measured");
  const worker = await openWorker(bench, place);
  try {
    const requests = await worker.record();
    report.note(
      `The crawl asks ${requests.length.toLocaleString("en-US")} URLs over ${connections} connections; wrk sends the same`,
    );
    const ours: Round[] = [];
    const ceiling: Round[] = [];
    for (let round = 0; round < options.rounds; round++) {
      ours.push(await worker.crawl());
      if (hasWrk) ceiling.push(await replayOnce(place, requests));
    }
    reportThroughput(report, repositories, ours, ceiling);
  } finally {
    await worker.stop();
  }
  if (options.profile) await profileCrawl(bench, place);
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

interface CrawlWorker {
  /** The requests of the crawl as they go out, in their order: the worker's first run, which is not timed. */
  record(): Promise<RecordedRequest[]>;
  /** A first inventory: nothing is known of the registry before. */
  crawl(): Promise<Round>;
  stop(): Promise<void>;
}

/** The worker of the product over a database of its own, which every run finds empty. */
async function openWorker(
  { options, stack, run: { onStop } }: CrawlBench,
  place: Place,
  profileFolder: string | null = null,
): Promise<CrawlWorker> {
  const databaseUrl = await stack.openFresh("crawl_bench");
  await attachDatabase(stack, databaseUrl);
  const worker = await startWorker(options, stack, databaseUrl, profileFolder);
  onStop(worker.stop);
  const credential = place.login
    ? { credentialKind: "basic" as const, username: place.login.user, secret: place.login.password }
    : {};
  const connect = async (url: string) => {
    await waitForJobs();
    await db().$executeRaw`TRUNCATE registry, image_config CASCADE`;
    await connectTestRegistry(slug, url, credential);
    await db().$executeRaw`CHECKPOINT`;
  };
  return {
    record: async () => {
      const proxy = await startCountingProxy(place.url);
      await connect(proxy.url);
      const { requests } = await crawlByWorker(slug, "full");
      // What follows asks what the registry can do.
      await waitForJobs();
      const recorded = proxy.take().slice(0, requests);
      await proxy.close();
      return recorded.map(({ method, path, headers: { host: _, ...headers } }) => ({
        method,
        path,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      }));
    },
    crawl: async () => {
      await connect(place.url);
      const readShares = watchShares({
        registry: place.registryPid,
        worker: worker.pid,
        postgres: stack.postgresPid(),
      });
      const run = await crawlByWorker(slug, "full");
      const shares = readShares();
      await waitForJobs();
      const seconds = ((run.finishedAt?.getTime() ?? 0) - (run.startedAt?.getTime() ?? 0)) / 1_000;
      return { requests: run.requests, seconds, shares };
    },
    stop: async () => {
      await worker.stop();
      await releaseDatabase();
    },
  };
}

async function profileCrawl(bench: CrawlBench, place: Place): Promise<void> {
  const folder = join(place.folder, `profile-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  const worker = await openWorker(bench, place, folder);
  const { requests } = await worker.crawl();
  await worker.stop();
  for (const line of summariseProfile(folder, requests)) bench.report.note(line);
}

async function replayOnce(place: Place, requests: readonly RecordedRequest[]): Promise<Round> {
  const { url, folder } = place;
  const readShares = watchShares({ registry: place.registryPid });
  const { cpuSeconds, ...replay } = await replayWithWrk({ url, requests, connections, folder });
  return { ...replay, shares: { ...readShares(), wrk: cpuSeconds } };
}

/** Returns what says how much CPU these processes have used since now. */
function watchShares(pids: { registry: number; worker?: number; postgres?: number }): () => Shares {
  const read = () => {
    const of = (pid: number | undefined) => (pid === undefined ? 0 : readCpuSeconds(pid));
    const parts = { registry: of(pids.registry), worker: of(pids.worker), postgres: of(pids.postgres) };
    return { ...parts, ...readMachineSeconds() };
  };
  const before = read();
  return () => {
    const now = read();
    const since = (part: keyof typeof now) => now[part] - before[part];
    return {
      registry: since("registry"),
      worker: since("worker"),
      postgres: since("postgres"),
      wrk: 0,
      idle: since("idle"),
      all: since("all"),
    };
  };
}

function reportThroughput(report: Report, repositories: number, ours: Round[], ceiling: Round[]): void {
  const ourRate = ours.map((round) => round.requests / round.seconds);
  const wrkRate = ceiling.map((round) => round.requests / round.seconds);
  report.figure("our inventory", ourRate, "requests/s");
  report.figure(
    "our inventory",
    ours.map((round) => round.seconds),
    "s",
  );
  report.figure("wrk over the same URLs", wrkRate, "requests/s");
  reportShares(report, "under us", ours, ["registry", "worker", "postgres"]);
  reportShares(report, "under wrk", ceiling, ["registry", "wrk"]);
  // What the cores are used for does not depend on how fast they happen to be in a round.
  report.figure(
    "CPU of a request of wrk / of ours, all parts",
    ratioOfRounds(ceiling.map(cpuOfRequest), ours.map(cpuOfRequest)),
  );
  const busy = [...ours, ...ceiling].map((round) => (100 * othersOf(round)) / round.shares.all);
  if (median(busy) > quietPercent)
    report.note(
      `Other work took ${median(busy).toFixed(0)} % of the cores: the ratio below proves nothing, the CPU of a request does`,
    );
  report.goal({
    name: `B1 our requests/s / wrk's, ${repositories.toLocaleString("en-US")} repositories`,
    samples: ratioOfRounds(ourRate, wrkRate),
    atLeast: 0.95,
  });
}

function cpuOfRequest({ requests, shares }: Round): number {
  return (shares.registry + shares.worker + shares.postgres + shares.wrk) / requests;
}

function othersOf({ shares }: Round): number {
  return shares.all - shares.idle - shares.registry - shares.worker - shares.postgres - shares.wrk;
}

function reportShares(report: Report, side: string, rounds: Round[], parts: (keyof Shares)[]): void {
  for (const part of parts)
    report.figure(
      `CPU ${side}: ${part}`,
      rounds.map(({ shares, requests }) => (shares[part] / requests) * 1e6),
      "us/request",
    );
  const share = (pick: (round: Round) => number) =>
    rounds.map((round) => (100 * pick(round)) / round.shares.all);
  for (const part of parts)
    report.figure(
      `share of the cores ${side}: ${part}`,
      share(({ shares }) => shares[part]),
      "%",
    );
  report.figure(`share of the cores ${side}: anything else`, share(othersOf), "%");
  report.figure(
    `share of the cores ${side}: idle`,
    share(({ shares }) => shares.idle),
    "%",
  );
}
