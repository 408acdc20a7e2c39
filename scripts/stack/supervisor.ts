import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import type { PidFiles } from "./pid-files.ts";
import { identify, type ProcessIdentity, stopProcess } from "./process-identity.ts";
import { codeOf, StartFault } from "./start-fault.ts";

export interface ChildOptions {
  /** One word; names its log and pid file. */
  name: string;
  /** As a sentence calls it: "the registry". */
  label: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  stopSignal?: NodeJS.Signals;
  graceMs?: number;
}

interface Child extends ChildOptions {
  process: ChildProcess;
  identity: ProcessIdentity | null;
  exited: Promise<void>;
}

/**
 * Runs the parts of one start, each with its log in `<home>/logs`, and stops them in the reverse order of their
 * start. The death of any of them is reported once through `died`, unless they were being stopped.
 */
export class Supervisor {
  readonly #pidFiles: PidFiles;
  readonly #logs: string;
  readonly #children: Child[] = [];
  #isStopping = false;
  #reportDeath: (fault: StartFault) => void = () => {};
  /** Rejects when a child ends by itself. */
  readonly died: Promise<never>;

  constructor(home: string, pidFiles: PidFiles) {
    this.#pidFiles = pidFiles;
    this.#logs = join(home, "logs");
    mkdirSync(this.#logs, { recursive: true });
    this.died = new Promise((_, reject) => {
      this.#reportDeath = reject;
    });
    this.died.catch(() => {});
  }

  logPath(name: string): string {
    return join(this.#logs, `${name}.log`);
  }

  async start(options: ChildOptions): Promise<void> {
    const log = await openLog(this.logPath(options.name));
    // A group of its own keeps the terminal's Ctrl-C away: the order of stopping is ours.
    const child = spawn(options.command, options.args, {
      env: options.env,
      cwd: options.cwd,
      uid: options.uid,
      gid: options.gid,
      detached: true,
      stdio: ["ignore", log, log],
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) =>
        reject(
          new StartFault(
            `${capitalised(options.label)} could not be started from ${options.command}: ${codeOf(error)}.`,
          ),
        ),
      );
    });
    log.end();
    const pid = child.pid ?? 0;
    const entry: Child = {
      ...options,
      process: child,
      identity: identify(pid),
      exited: new Promise((resolve) => child.once("exit", () => resolve())),
    };
    this.#children.push(entry);
    this.#pidFiles.record(options.name, pid, options.stopSignal ?? "SIGTERM", -this.#children.length);
    child.once("exit", (code, signal) => {
      this.#pidFiles.forget(options.name);
      if (this.#isStopping) return;
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      this.#reportDeath(
        new StartFault(`${capitalised(options.label)} ${how}: see ${this.logPath(options.name)}.`),
      );
    });
  }

  /** Waits for something to come true, but not past the death of a child. */
  async until<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.died]);
  }

  async stop(report: (line: string) => void = () => {}): Promise<void> {
    if (this.#isStopping) {
      await Promise.all(this.#children.map((child) => child.exited));
      return;
    }
    this.#isStopping = true;
    for (const child of this.#children.toReversed()) {
      if (child.process.exitCode !== null || child.process.signalCode !== null || !child.identity) continue;
      report(`Stopping ${child.label}`);
      await stopProcess(child.identity, child.stopSignal ?? "SIGTERM", child.graceMs ?? 10_000);
      await child.exited;
      this.#pidFiles.forget(child.name);
    }
  }
}

function capitalised(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}

function openLog(path: string): Promise<WriteStream> {
  return new Promise((resolve, reject) => {
    const stream = createWriteStream(path, { flags: "a" });
    stream.once("open", () => resolve(stream));
    stream.once("error", reject);
  });
}
