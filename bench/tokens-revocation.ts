import { setTimeout as delay } from "node:timers/promises";
import { decodeJwt } from "jose";
import { Client } from "pg";
import { accessRegistry, secretOf } from "./fixtures/seed-access.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import type { BenchConsole, BenchStack } from "./harness/bench-stack.ts";
import type { LoadResult } from "./harness/load-with-wrk.ts";
import type { Report } from "./harness/report.ts";
import { maximum } from "./harness/statistics.ts";

/** While one of two instances is under load: how long after its commit a revocation holds on both. */
export async function measureRevocation(
  options: BenchOptions,
  report: Report,
  stack: BenchStack,
  measured: { console: BenchConsole; databaseUrl: string },
  load: (seconds: number) => Promise<LoadResult>,
): Promise<void> {
  const second = await stack.startConsole("tokens_second", measured.databaseUrl);
  const rounds = options.quick ? 4 : 20;
  report.heading(`A revocation while the load runs, two instances, ${rounds} rounds`);
  const client = new Client({ connectionString: measured.databaseUrl });
  await client.connect();
  const times: { grant: number[]; secret: number[] } = { grant: [], secret: [] };
  let stale = 0;
  let running = true;
  const loading = (async () => {
    while (running) await load(2);
  })();
  try {
    for (let round = 0; round < rounds; round++) {
      const robot = 100 + round;
      for (const kind of ["grant", "secret"] as const) {
        const sites = [measured.console.url, second.url];
        for (const site of sites)
          if (!(await mayPull(site, robot))) throw new Error(`Robot ${robot} cannot pull at first.`);
        await setRevoked(client, kind, robot, true);
        const committedAt = performance.now();
        for (const site of sites) {
          if (!(await mayPull(site, robot))) continue;
          stale += 1;
          while (await mayPull(site, robot)) await delay(1);
        }
        times[kind].push(performance.now() - committedAt);
        await setRevoked(client, kind, robot, false);
      }
    }
  } finally {
    running = false;
    await loading;
    await client.end();
  }
  for (const kind of ["grant", "secret"] as const)
    report.goal({
      name: `E1 a revoked ${kind} is refused on every instance`,
      samples: times[kind],
      pick: maximum,
      unit: "ms",
      atMost: 1_000,
    });
  report.goal({ name: "T10 answers after a commit that were stale", samples: [stale], atMost: 0 });
}

async function setRevoked(
  client: Client,
  kind: "grant" | "secret",
  robot: number,
  revoked: boolean,
): Promise<void> {
  await client.query(
    `UPDATE ${kind === "grant" ? "access_grant" : "access_secret"} SET revoked_at = ${revoked ? "now()" : "NULL"}
     WHERE principal_id = (SELECT id FROM access_principal WHERE name = $1)`,
    [`bench-${robot}`],
  );
}

async function mayPull(site: string, robot: number): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`bench-${robot}:${secretOf(robot)}`).toString("base64")}`;
  const scope = `repository:team-${robot}/r1/app:pull`;
  const response = await fetch(`${site}/api/token?service=${accessRegistry}&scope=${scope}`, {
    headers: { authorization },
  });
  const { token } = (await response.json()) as { token?: string };
  if (response.status === 401) return false;
  if (response.status !== 200 || !token) throw new Error(`The token endpoint answers ${response.status}.`);
  return (decodeJwt(token).access as unknown[]).length > 0;
}
