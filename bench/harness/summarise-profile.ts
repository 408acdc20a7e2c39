import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Where the time of a profiled process went, by part of the code, and its dearest functions. */
export function summariseProfile(folder: string, requests: number): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  const byPart = new Map<string, number>();
  const byFunction = new Map<string, number>();
  for (const name of files) {
    const profile = JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile;
    const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
    profile.samples.forEach((id, index) => {
      const frame = frames.get(id);
      if (!frame || frame.functionName === "(idle)") return;
      const micros = profile.timeDeltas[index] ?? 0;
      const part = partOf(frame);
      byPart.set(part, (byPart.get(part) ?? 0) + micros);
      const place = `${frame.functionName || "anonymous"} (${part})`;
      byFunction.set(place, (byFunction.get(place) ?? 0) + micros);
    });
  }
  const total = [...byPart.values()].reduce((sum, micros) => sum + micros, 0);
  const format = ([name, micros]: [string, number]) =>
    `${((100 * micros) / total).toFixed(1).padStart(5)} %  ${(micros / requests).toFixed(1).padStart(6)} us/request  ${name}`;
  const largest = (parts: Map<string, number>, count: number) =>
    [...parts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(format);
  return [
    `Profile of the worker, start-up included: ${(total / 1e6).toFixed(1)} s of CPU in ${folder}`,
    ...largest(byPart, 14),
    "Dearest functions:",
    ...largest(byFunction, 25),
  ];
}

function partOf({ functionName, url }: { functionName: string; url: string }): string {
  if (url === "") return functionName.startsWith("(") ? functionName : "V8 and native";
  if (url.startsWith("node:")) return url;
  const inModules = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (inModules?.[1]) return inModules[1];
  return /(lib\/[^/]+)\//.exec(url)?.[1] ?? url.slice(url.lastIndexOf("/") + 1);
}
