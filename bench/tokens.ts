import { join } from "node:path";
import { findFreePort } from "../scripts/stack/ports.ts";
import type { Run } from "../scripts/stack/run-to-completion.ts";
import { accessVersion, prepareTokenRequests, seedAccess } from "./fixtures/seed-access.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import { type BenchConsole, type BenchStack, openBenchStack } from "./harness/bench-stack.ts";
import { attachDatabase, releaseDatabase } from "./harness/bench-worker.ts";
import { type LoadRequest, type LoadResult, putUnderLoad } from "./harness/load-with-wrk.ts";
import { findWrk } from "./harness/replay-with-wrk.ts";
import { Report } from "./harness/report.ts";
import { maximum, ratioOfRounds } from "./harness/statistics.ts";
import { loadDockerAuth } from "./tokens-docker-auth.ts";
import { measureRevocation } from "./tokens-revocation.ts";

interface MeasuredConsole {
  console: BenchConsole;
  databaseUrl: string;
  /** In the same process: /empty and /rs256. */
  baseline: string;
}

const principals = { many: 5_000, few: 5 };
const grantsEach = 10;

/** E1: tokens of the product's endpoint beside an empty reply of the same process, RS256 and docker_auth. */
export async function benchTokens(options: BenchOptions, run: Run): Promise<void> {
  const report = new Report("tokens");
  const stack = await openBenchStack(options, run);
  const wrk = findWrk();
  if (!wrk)
    report.note("wrk was not found: loads come from this process, and the figures are lower for all.");
  const many = await openConsole(stack, "tokens_many", principals.many, options);
  const few = await openConsole(stack, "tokens_few", principals.few, options);
  const seconds = options.quick ? 1 : 6;
  const load = (url: string, requests: readonly LoadRequest[], connections: number) =>
    putUnderLoad({ url, requests, connections, seconds, folder: options.home, wrk });
  const all = prepareTokenRequests(principals.many);
  const some = prepareTokenRequests(principals.few);
  const plain = (path: string): LoadRequest[] => [{ path, headers: {} }];
  // A first load that does not count: code is compiled and access is read then.
  for (const { console } of [many, few]) await load(console.url, some, 16);
  const dockerAuth = await loadDockerAuth(options, run, { principals: principals.many, grantsEach });
  for (const connections of [1, 16, 64]) {
    report.heading(`${connections} connections, three scopes, ${principals.many * grantsEach} grants`);
    const samples: Record<string, LoadResult[]> = {};
    const measure = async (name: string, url: string, requests: readonly LoadRequest[]) => {
      const result = await load(url, requests, connections);
      samples[name] = [...(samples[name] ?? []), result];
    };
    for (let round = 0; round < options.rounds; round++) {
      await measure("empty reply", many.baseline, plain("/empty"));
      await measure("tokens", many.console.url, all);
      await measure("RS256, no check", many.baseline, plain("/rs256"));
      await measure("tokens of 5 robots", many.console.url, some);
      await measure("tokens of 5 robots, 50 grants", few.console.url, some);
      if (dockerAuth) await measure("docker_auth", dockerAuth.url, dockerAuth.requests);
    }
    for (const [name, results] of Object.entries(samples)) {
      report.figure(
        name,
        results.map(({ rate }) => rate),
        "/s",
      );
      report.figure(
        `  p99 of ${name}`,
        results.map(({ p99Ms }) => p99Ms),
        "ms",
      );
      if (results.some(({ bad }) => bad > 0))
        report.figure(
          `  not 2xx of ${name}`,
          results.map(({ bad }) => bad),
        );
    }
    reportGoals(report, connections, samples);
  }
  await measureRevocation(options, report, stack, many, (seconds) =>
    putUnderLoad({
      url: many.console.url,
      requests: all,
      connections: 16,
      seconds,
      folder: options.home,
      wrk,
    }),
  );
  await releaseDatabase();
  report.finish(`${options.home}/results`);
}

function reportGoals(report: Report, connections: number, samples: Record<string, LoadResult[]>): void {
  const rates = (name: string) => (samples[name] ?? []).map(({ rate }) => rate);
  const ratio = (over: string, under: string) => ratioOfRounds(rates(over), rates(under));
  const tokens = samples.tokens ?? [];
  const at = `at ${connections} connections`;
  report.goal({
    name: `E1 tokens / empty replies, ${at}`,
    samples: ratio("tokens", "empty reply"),
    atLeast: 0.3,
  });
  report.goal({ name: `E1 tokens / RS256, ${at}`, samples: ratio("tokens", "RS256, no check"), atLeast: 3 });
  report.goal({
    name: `E1 tokens / docker_auth, ${at}`,
    samples: ratio("tokens", "docker_auth"),
    atLeast: 1,
  });
  report.goal({
    name: `E1 50,000 grants / 50 grants, ${at}`,
    samples: ratio("tokens of 5 robots", "tokens of 5 robots, 50 grants"),
    atLeast: 0.9,
  });
  report.goal({
    name: `E1 refused or broken, ${at}`,
    samples: tokens.map(({ bad }) => bad),
    pick: maximum,
    atMost: 0,
  });
  if (connections === 16)
    report.goal({
      name: "E1 p99, at 16 connections",
      samples: tokens.map(({ p99Ms }) => p99Ms),
      unit: "ms",
      atMost: 25,
    });
}

async function openConsole(
  stack: BenchStack,
  name: string,
  count: number,
  { root }: BenchOptions,
): Promise<MeasuredConsole> {
  const databaseUrl = await stack.openSeeded(
    name,
    `${accessVersion} ${stack.secrets.masterKey.length}`,
    async (fresh) => {
      await attachDatabase(stack, fresh);
      await seedAccess(fresh, { principals: count, grantsEach });
    },
  );
  const port = await findFreePort();
  const console = await stack.startConsole(name, databaseUrl, {
    preload: join(root, "bench", "harness", "token-baseline.ts"),
    env: { BENCH_BASELINE_PORT: String(port), WHARFINGER_LOG_LEVEL: "warn" },
  });
  return { console, databaseUrl, baseline: `http://127.0.0.1:${port}` };
}
