import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process that can be told apart from a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** When a process began, as the system tells it; null when there is no such process. */
export function findStartTime(pid: number): string | null {
  if (existsSync("/proc/self/stat")) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name in parentheses may hold blanks; what follows it is regular. Field 3 is the state, 22 the start.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? null : (fields[19] ?? null);
    } catch {
      return null;
    }
  }
  const ps = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return ps.status === 0 ? ps.stdout.trim() || null : null;
}

export function identify(pid: number): ProcessIdentity | null {
  const startedAt = findStartTime(pid);
  return startedAt === null ? null : { pid, startedAt };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return findStartTime(identity.pid) === identity.startedAt;
}

export async function waitUntilGone(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isRunning(identity)) {
    if (Date.now() > end) return false;
    await delay(50);
  }
  return true;
}

/** Asks a process to end, and insists when it has not after the given time. */
export async function stopProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  const send = (which: NodeJS.Signals) => {
    try {
      if (isRunning(identity)) process.kill(identity.pid, which);
    } catch {
      // It ended between the question and the signal.
    }
  };
  send(signal);
  if (await waitUntilGone(identity, graceMs)) return;
  send("SIGKILL");
  await waitUntilGone(identity, 5_000);
}
