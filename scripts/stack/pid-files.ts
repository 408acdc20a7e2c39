import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify, isRunning, type ProcessIdentity, stopProcess, waitUntilGone } from "./process-identity.ts";
import { StartFault } from "./start-fault.ts";

interface PidFile extends ProcessIdentity {
  name: string;
  stopSignal: NodeJS.Signals;
  /** Higher is stopped later. */
  order: number;
  stopping?: boolean;
}

/** What runs out of one home folder, written down so that the next start finds what a killed one left behind. */
export class PidFiles {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, "run");
    mkdirSync(this.#folder, { recursive: true });
  }

  record(name: string, pid: number, stopSignal: NodeJS.Signals, order: number): void {
    const identity = identify(pid);
    if (identity) this.#write({ ...identity, name, stopSignal, order });
  }

  forget(name: string): void {
    rmSync(this.#path(name), { force: true });
  }

  /** Takes the home for this process. A start that is just ending is waited for; a running one is refused. */
  async lock(): Promise<void> {
    const holder = this.#read("launcher");
    if (holder && holder.pid !== process.pid && isRunning(holder)) {
      const isGone = await waitUntilGone(holder, holder.stopping ? 30_000 : 1_000);
      if (!isGone) {
        throw new StartFault(
          `Wharfinger already runs from this folder (process ${holder.pid}): stop it first, or set WHARFINGER_HOME to another folder.`,
        );
      }
    }
    this.record("launcher", process.pid, "SIGTERM", 0);
  }

  markStopping(): void {
    const own = this.#read("launcher");
    if (own?.pid === process.pid) this.#write({ ...own, stopping: true });
  }

  unlock(): void {
    if (this.#read("launcher")?.pid === process.pid) this.forget("launcher");
  }

  /** Ends the children of a start that was killed, and says which they were. */
  async stopOrphans(): Promise<string[]> {
    const left = this.#list().filter((file) => file.name !== "launcher");
    const running = left.filter(isRunning).sort((a, b) => a.order - b.order);
    for (const file of running) await stopProcess(file, file.stopSignal, 15_000);
    for (const file of left) this.forget(file.name);
    return running.map((file) => file.name);
  }

  #list(): PidFile[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => this.#read(name.slice(0, -".json".length)))
      .filter((file) => file !== null);
  }

  #read(name: string): PidFile | null {
    try {
      const value: unknown = JSON.parse(readFileSync(this.#path(name), "utf8"));
      return isPidFile(value) ? value : null;
    } catch {
      return null;
    }
  }

  #write(file: PidFile): void {
    const path = this.#path(file.name);
    writeFileSync(`${path}.new`, JSON.stringify(file));
    renameSync(`${path}.new`, path);
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}

function isPidFile(value: unknown): value is PidFile {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "startedAt" in value &&
    typeof value.startedAt === "string" &&
    "name" in value &&
    "stopSignal" in value &&
    "order" in value
  );
}
