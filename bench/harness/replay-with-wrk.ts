import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readCpuSeconds } from "./machine.ts";

export interface Replay {
  requests: number;
  seconds: number;
  cpuSeconds: number;
}

export interface RecordedRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
}

const resultSchema = z.object({ requests: z.number(), seconds: z.number() });

export function findWrk(): boolean {
  return spawnSync("wrk", ["--version"]).error === undefined;
}

/**
 * Sends exactly these requests once, in their order, with wrk over so many connections. wrk runs for a time and not
 * for a number, so its script takes the time and ends it.
 */
export async function replayWithWrk(options: {
  url: string;
  requests: readonly RecordedRequest[];
  connections: number;
  folder: string;
}): Promise<Replay> {
  const { folder, requests } = options;
  // wrk waits for a body that the answer to a HEAD never has.
  if (requests.some(({ method }) => method !== "GET")) throw new Error("Only GET requests can be replayed.");
  const list = join(folder, "requests.lua");
  const script = join(folder, "replay.lua");
  writeFileSync(list, formatRequests(requests));
  writeFileSync(script, prepareScript(list, requests.length));
  const call = ["-t", "1", "-c", String(options.connections), "-d", "3600", "--timeout", "60", "-s", script];
  const child = spawn("wrk", [...call, options.url], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = child.pid ?? 0;
  let output = "";
  let cpuSeconds = 0;
  const watch = setInterval(() => {
    cpuSeconds = Math.max(cpuSeconds, readCpuSeconds(pid));
  }, 50);
  child.stdout.on("data", (piece: Buffer) => {
    output += piece.toString("utf8");
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  clearInterval(watch);
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`wrk ended without a result: ${output.slice(0, 500)}`);
  return { ...resultSchema.parse(JSON.parse(line)), cpuSeconds };
}

function formatRequests(requests: readonly RecordedRequest[]): string {
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

function prepareScript(list: string, count: number): string {
  return `
local ffi = require("ffi")
ffi.cdef[[ typedef struct { long sec; long nsec; } bench_time; int clock_gettime(int clock, bench_time *time); ]]
local time = ffi.new("bench_time")
local function now() ffi.C.clock_gettime(1, time); return tonumber(time.sec) + tonumber(time.nsec) / 1e9 end
local requests, place, began = {}, 0, nil
function init()
  function add(path, headers) requests[#requests + 1] = wrk.format("GET", path, headers) end
  dofile(${JSON.stringify(list)})
end
function request()
  if began == nil then began = now() end
  place = place + 1
  if place > ${count} then
    io.write(string.format('{"requests":%d,"seconds":%.6f}\\n', ${count}, now() - began))
    io.flush()
    os.exit(0)
  end
  return requests[place]
end
`;
}
