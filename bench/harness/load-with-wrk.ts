import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "undici";
import { z } from "zod";
import { runWrk } from "./run-wrk.ts";
import { quantile } from "./statistics.ts";

export interface LoadResult {
  /** Good answers a second. */
  rate: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers other than 2xx, and connections that broke. */
  bad: number;
}

export interface LoadRequest {
  path: string;
  headers: Record<string, string>;
}

const resultSchema = z.object({
  requests: z.number(),
  seconds: z.number(),
  p50: z.number(),
  p99: z.number(),
  bad: z.number(),
});

/** Sends the requests in turn, over and over, for so many seconds: with wrk, or without it with undici. */
export async function putUnderLoad(options: {
  url: string;
  requests: readonly LoadRequest[];
  connections: number;
  seconds: number;
  folder: string;
  wrk: boolean;
}): Promise<LoadResult> {
  if (!options.wrk) return loadWithUndici(options);
  const list = join(options.folder, "load-requests.lua");
  const script = join(options.folder, "load.lua");
  writeFileSync(list, formatRequests(options.requests));
  writeFileSync(script, prepareScript(list));
  const { requests, seconds, p50, p99, bad } = resultSchema.parse(
    await runWrk({ ...options, script, timeoutSeconds: 10 }),
  );
  return { rate: (requests - bad) / seconds, p50Ms: p50, p99Ms: p99, bad };
}

function formatRequests(requests: readonly LoadRequest[]): string {
  const quote = (text: string) => JSON.stringify(text);
  const lines = requests.map(({ path, headers }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[${quote(name)}]=${quote(value)}`);
    return `add(${quote(path)}, {${fields.join(",")}})`;
  });
  // One function has room for so many constants only.
  const blocks = Array.from({ length: Math.ceil(lines.length / 2_000) }, (_, index) =>
    ["do local function block()", ...lines.slice(index * 2_000, (index + 1) * 2_000), "end block() end"].join(
      "\n",
    ),
  );
  return blocks.join("\n");
}

function prepareScript(list: string): string {
  return `
local requests, place = {}, 0
function init()
  function add(path, headers) requests[#requests + 1] = wrk.format("GET", path, headers) end
  dofile(${JSON.stringify(list)})
end
function request()
  place = place % #requests + 1
  return requests[place]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"bad":%d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;
}

async function loadWithUndici(options: {
  url: string;
  requests: readonly LoadRequest[];
  connections: number;
  seconds: number;
}): Promise<LoadResult> {
  const pool = new Pool(options.url, { connections: options.connections, pipelining: 1 });
  const times: number[] = [];
  let bad = 0;
  let place = 0;
  const beganAt = performance.now();
  const endsAt = beganAt + options.seconds * 1_000;
  const lane = async () => {
    while (performance.now() < endsAt) {
      place = (place + 1) % options.requests.length;
      const { path, headers } = options.requests[place] ?? { path: "/", headers: {} };
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({ method: "GET", path, headers });
      await body.dump();
      times.push(performance.now() - sentAt);
      if (statusCode >= 300) bad += 1;
    }
  };
  await Promise.all(Array.from({ length: options.connections }, lane));
  const seconds = (performance.now() - beganAt) / 1_000;
  await pool.close();
  return {
    rate: (times.length - bad) / seconds,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    bad,
  };
}
