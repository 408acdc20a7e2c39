import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runWrk } from "./run-wrk.ts";

export interface PostResult {
  /** Answers of 2xx. */
  good: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  bad: number;
}

const resultSchema = z.object({
  good: z.number(),
  seconds: z.number(),
  p50: z.number(),
  p99: z.number(),
  bad: z.number(),
});

/** Posts notifications with wrk, each event with an identity of its own, so many in each body. */
export async function postWithWrk(options: {
  url: string;
  secret: string;
  events: number;
  connections: number;
  seconds: number;
  folder: string;
  /** Makes the identities of this run others than those before. */
  run: string;
}): Promise<PostResult> {
  const script = join(options.folder, "post.lua");
  writeFileSync(script, prepareScript(options));
  const { good, seconds, p50, p99, bad } = resultSchema.parse(
    await runWrk({ ...options, script, timeoutSeconds: 20 }),
  );
  return { good, seconds, p50Ms: p50, p99Ms: p99, bad };
}

function prepareScript({ secret, events, run }: { secret: string; events: number; run: string }): string {
  return `
local headers = { ["Authorization"] = "Bearer ${secret}", ["Content-Type"] = "application/json" }
local place = 0
local digest = "sha256:" .. string.rep("a", 64)
local function event()
  place = place + 1
  local n = place % 2000
  return string.format('{"id":"${run}-%d","timestamp":"%s","action":"%s","target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":708,"digest":"%s","length":708,"repository":"team-%d/app-%d","url":"http://registry.example/v2/team-%d/app-%d/manifests/v%d","tag":"v%d"},"request":{"id":"6df24a34-0959-4923-81ca-14f09767db19","addr":"10.0.0.%d:42000","host":"registry.example","method":"GET","useragent":"containerd/v2.1"},"actor":{"name":"robot:ci-%d"},"source":{"addr":"registry.example:5000","instanceID":"a53db899-3b4b-4a62-a067-8dd013beaca4"}}',
    place, os.date("!%Y-%m-%dT%H:%M:%S") .. string.format(".%06dZ", place % 1000000), place % 10 == 0 and "push" or "pull", digest, n % 40, n, n % 40, n, n % 50, n % 50, n % 250, n % 200)
end
function request()
  local parts = {}
  for index = 1, ${events} do parts[index] = event() end
  return wrk.format("POST", nil, headers, '{"events":[' .. table.concat(parts, ",") .. ']}')
end
function done(summary, latency)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\\n{"good":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"bad":%d}\\n', summary.requests - errors.status,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, bad))
end
`;
}
