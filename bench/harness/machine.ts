import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

export function describeLoad(): string {
  const loads = loadavg().map((load) => load.toFixed(2));
  return `${availableParallelism()} cores, load ${loads.join(" ")}`;
}

// What the kernel counts CPU time in, on every Linux that Node.js runs on.
const ticksPerSecond = 100;

/** CPU seconds that all cores have spent, and those of them with nothing to do; 0 where /proc is not. */
export function readMachineSeconds(): { all: number; idle: number } {
  try {
    const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
    const ticks = line.split(/\s+/).slice(1, 9).map(Number);
    const all = ticks.reduce((sum, value) => sum + value, 0);
    return { all: all / ticksPerSecond, idle: ((ticks[3] ?? 0) + (ticks[4] ?? 0)) / ticksPerSecond };
  } catch {
    return { all: 0, idle: 0 };
  }
}

interface ProcessStat {
  pid: number;
  parent: number;
  /** Of the process and of its children that have ended. */
  cpuSeconds: number;
}

function readStat(pid: number): ProcessStat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks; what follows it is regular: 3 is the state, 14 to 17 the times.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return { pid, parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond };
  } catch {
    return null;
  }
}

/** CPU seconds that a process and everything that descends from it have used; 0 where /proc is not. */
export function readCpuSeconds(rootPid: number): number {
  const root = readStat(rootPid);
  if (root === null) return 0;
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
  let total = root.cpuSeconds;
  let level = [rootPid];
  while (level.length > 0) {
    const children = stats.filter((stat) => level.includes(stat.parent));
    total += children.reduce((sum, child) => sum + child.cpuSeconds, 0);
    level = children.map((child) => child.pid);
  }
  return total;
}
