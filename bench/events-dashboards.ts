import { Client } from "pg";
import { moveDueWindows } from "#lib/activity/store-windows";
import { coverBySpans } from "#lib/failures/rules-spans";
import { readMemory } from "./events-ingest.ts";
import { days, eventsVersion, seedEventYear } from "./fixtures/seed-events.ts";
import type { BenchOptions } from "./harness/bench-options.ts";
import type { BenchConsole, BenchStack } from "./harness/bench-stack.ts";
import { attachDatabase } from "./harness/bench-worker.ts";
import type { Report } from "./harness/report.ts";
import { median, quantile } from "./harness/statistics.ts";

const times = 30;
const mebibyte = 1024 * 1024;
const consoleName = "events-year";

/** What dashboards read, beside the same answer from the raw rows; then the same over HTTP. */
export async function measureDashboards(
  options: BenchOptions,
  report: Report,
  stack: BenchStack,
): Promise<void> {
  const rows = options.quick ? 100_000 : options.rows;
  const url = await stack.openSeeded("events_year", `${eventsVersion} ${rows}`, async (fresh) => {
    await attachDatabase(stack, fresh);
    await seedEventYear(fresh, rows);
  });
  await attachDatabase(stack, url);
  // As the worker would: what was seeded may be of an earlier day.
  await moveDueWindows(new Date());
  const client = new Client({ connectionString: url });
  await client.connect();
  report.heading(`${rows.toLocaleString("en-US")} events of ${days} days`);
  await measureSql(client, report);
  await client.end();
  const console = await stack.startConsole(consoleName, url);
  await measureHttp(console, report);
  await measureExport(console, report, options);
}

interface Pair {
  name: string;
  sums: string;
  raw: string;
  goal: number;
}

const month = "now() - interval '30 days'";

/** As the console has it: a line for each cause, with the place of each hour in the window. */
function sumByHours(days: number): string {
  const hourMs = 3_600_000;
  const last = Math.floor(Date.now() / hourMs);
  const starts = Array.from({ length: days * 24 }, (_, index) => (last - days * 24 + 1 + index) * hourMs);
  const hours = starts.map((at) => `"${new Date(at).toISOString()}"`);
  return `SELECT cause, array_agg(width_bucket(hour, '{${hours.join()}}'::timestamptz[])), array_agg(count::float8)
    FROM failure_hour WHERE hour >= '${new Date(starts[0] ?? 0).toISOString()}' GROUP BY 1`;
}

/** As the console has it: whole days from their spans, the hours before and after from those of incidents. */
function sumBySpans(days: number): string {
  const dayMs = 86_400_000;
  const to = Date.now();
  const begin = new Date(Math.ceil((to - days * dayMs) / dayMs) * dayMs);
  const end = new Date(Math.floor(to / dayMs) * dayMs);
  const spans = coverBySpans(begin, end).map(
    (span) => `(${span.days}::smallint, '${span.day.toISOString()}'::date)`,
  );
  return `SELECT name, sum(count) FROM (
      SELECT f.name, f.count FROM registry r CROSS JOIN (VALUES ${spans.join()}) AS c(days, day)
      JOIN failure_span f ON f.registry_id = r.id AND f.kind = 'repository' AND f.days = c.days AND f.day = c.day
      UNION ALL SELECT repository, count FROM incident_hour
      WHERE (hour >= ${month} AND hour < '${begin.toISOString()}') OR hour >= '${end.toISOString()}') s
    GROUP BY 1 ORDER BY 2 DESC LIMIT 20`;
}

const pairs: Pair[] = [
  {
    name: "failures by the hour and cause, 30 days",
    sums: sumByHours(30),
    raw: `SELECT cause, date_trunc('hour', at, 'UTC') AS hour, count(*) FROM registry_event WHERE cause IS NOT NULL AND at >= ${month} GROUP BY 1, 2`,
    goal: 2_000,
  },
  {
    name: "repositories that fail most, 30 days",
    sums: sumBySpans(30),
    raw: `SELECT repository, count(*) FROM registry_event WHERE cause IS NOT NULL AND at >= ${month} GROUP BY 1 ORDER BY 2 DESC LIMIT 20`,
    goal: 500,
  },
  ...[30, 364].map((days) => ({
    name: `repositories that are pulled most, ${days} days`,
    sums: `SELECT repository, pulls FROM activity_window WHERE registry_id = (SELECT min(registry_id) FROM activity_window)
      AND days = ${days} ORDER BY pulls DESC, pushes DESC LIMIT 20`,
    raw: `SELECT repository, count(*) FROM registry_event WHERE action = 'pull' AND cause IS NULL
      AND at >= date_trunc('day', now(), 'UTC') - interval '${days - 1} days' GROUP BY 1 ORDER BY 2 DESC LIMIT 20`,
    goal: 500,
  })),
];

async function measureSql(client: Client, report: Report): Promise<void> {
  for (const { name, sums, raw, goal } of pairs) {
    const fast = await timeSql(client, sums, times);
    const slow = await timeSql(client, raw, 5);
    report.figure(`${name}: from sums`, fast, "ms");
    report.figure(`${name}: from the rows`, slow, "ms");
    report.goal({
      name: `C3 ${name}, rows / sums`,
      samples: [median(slow) / median(fast)],
      atLeast: goal,
    });
    report.goal({
      name: `C3 ${name}, p95 in the database`,
      samples: [quantile(fast, 0.95)],
      unit: "ms",
      atMost: 5,
    });
  }
}

async function timeSql(client: Client, sql: string, count: number): Promise<number[]> {
  await client.query(sql);
  const took: number[] = [];
  for (let index = 0; index < count; index++) {
    const beganAt = performance.now();
    await client.query(sql);
    took.push(performance.now() - beganAt);
  }
  return took;
}

function listQuestions(): { name: string; path: string; atMost: number }[] {
  const to = new Date();
  const since = (count: number) =>
    `from=${new Date(to.getTime() - count * 86_400_000).toISOString()}&to=${to.toISOString()}`;
  const series = (count: number, step: string, by: string) =>
    `/api/v1/failures/series?${since(count)}&step=${step}&by=${by}`;
  const days = (count: number) => {
    const end = Math.ceil(to.getTime() / 86_400_000) * 86_400_000;
    return `from=${new Date(end - count * 86_400_000).toISOString()}&to=${new Date(end).toISOString()}`;
  };
  const activity = (count: number, step: string, by: string) =>
    `/api/v1/activity/series?${days(count)}&step=${step}&by=${by}&action=pull`;
  return [
    { name: "failures, a day by the hour", path: series(1, "hour", "cause"), atMost: 150 },
    { name: "failures, 30 days by the hour", path: series(30, "hour", "cause"), atMost: 150 },
    { name: "failures, a year by the week", path: series(365, "week", "cause"), atMost: 150 },
    { name: "failures by repository, 30 days", path: series(30, "day", "repository"), atMost: 150 },
    { name: "failures by principal, 30 days", path: series(30, "day", "principal"), atMost: 150 },
    { name: "failures by repository, a year", path: series(365, "week", "repository"), atMost: 150 },
    ...["repository", "principal", "client"].map((by) => ({
      name: `failures by ${by}, a year, as a sum`,
      path: `${series(365, "week", by)}&sum=true`,
      atMost: 150,
    })),
    { name: "list of failures", path: "/api/v1/failures?limit=50", atMost: 150 },
    { name: "pulls, 30 days by the day", path: activity(30, "day", "action"), atMost: 150 },
    { name: "pulls, a year by the week", path: activity(364, "week", "action"), atMost: 150 },
    { name: "pulls by repository, a year", path: activity(364, "total", "repository"), atMost: 150 },
    { name: "pulls by team, a year", path: activity(364, "total", "team"), atMost: 150 },
    { name: "pulls by principal, a year", path: activity(364, "total", "principal"), atMost: 150 },
    {
      name: "pulls by repository, a year by the week",
      path: activity(364, "week", "repository"),
      atMost: 150,
    },
    { name: "pulls by repository, 100 days", path: activity(100, "total", "repository"), atMost: 150 },
    {
      name: "repositories with most activity, a year",
      path: `/api/v1/activity/repositories?${days(364)}`,
      atMost: 150,
    },
    { name: "audit, by actor", path: "/api/v1/audit-events?of=all&actor=robot:ci-7&limit=50", atMost: 200 },
  ];
}

async function measureHttp(console: BenchConsole, report: Report): Promise<void> {
  report.heading("The same over HTTP");
  for (const { name, path, atMost } of listQuestions()) {
    const took: number[] = [];
    for (let index = 0; index < times + 3; index++) {
      const beganAt = performance.now();
      const answer = await fetch(console.url + path, {
        headers: { authorization: `Bearer ${console.apiKey}` },
      });
      await answer.text();
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
      if (index >= 3) took.push(performance.now() - beganAt);
    }
    report.figure(name, took, "ms");
    report.goal({ name: `C3 ${name}, p99`, samples: [quantile(took, 0.99)], unit: "ms", atMost });
  }
}

async function measureExport(console: BenchConsole, report: Report, options: BenchOptions): Promise<void> {
  report.heading("Export of the audit as NDJSON");
  const before = readMemory(options.home, consoleName);
  let [early, late, lines] = [before, before, 0];
  const beganAt = performance.now();
  const answer = await fetch(`${console.url}/api/v1/audit-events/export?of=all&format=ndjson`, {
    headers: { authorization: `Bearer ${console.apiKey}` },
  });
  if (answer.body === null || answer.status !== 200) throw new Error(`The export answered ${answer.status}`);
  for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
    for (const byte of piece) if (byte === 10) lines += 1;
    // The heap of a process that hands out twenty megabytes a second is larger than that of an idle one: what must not
    // happen is that it grows with the rows.
    if (lines < options.rows / 10) early = Math.max(early, readMemory(options.home, consoleName));
    else late = Math.max(late, readMemory(options.home, consoleName));
  }
  report.figure("rows", [lines]);
  report.figure("rows a second", [lines / ((performance.now() - beganAt) / 1_000)], "/s");
  report.figure("memory above the idle console", [(Math.max(early, late) - before) / mebibyte], "MiB");
  report.goal({
    name: "C3 memory of the export, the last nine tenths above the first",
    samples: [(late - early) / mebibyte],
    unit: "MiB",
    atMost: 50,
  });
}
