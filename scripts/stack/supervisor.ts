import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hasDiskSpace } from "./disk-space.ts";
import type { PidFiles } from "./pid-files.ts";
import { identify, type ProcessIdentity, stopProcess } from "./process-identity.ts";
import { rotateLog } from "./rotate-log.ts";
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
  /** Started again when it crashes. Without it, or when somebody else stopped it, its end is the end of everything. */
  restarts?: {
    /** Clears what a killed one leaves in the way of the next. */
    prepare?(): Promise<void>;
  };
}

interface Child extends ChildOptions {
  order: number;
  process: ChildProcess;
  identity: ProcessIdentity | null;
  exited: Promise<void>;
  startedAt: number;
  /** When it ended by itself, of late. */
  deaths: number[];
}

/** One that ends sooner than this after its first start never worked. */
const settledMs = 5_000;
const patience = { deaths: 5, withinMs: 60_000, firstWaitMs: 500 };
const lookMs = 5_000;

/**
 * Runs the parts of one start, each with its log in `<home>/logs`, and stops them in the reverse order of their
 * start. One that ends by itself is started again where that was asked for; else, or when it ends again and again,
 * `died` tells it once. Logs are kept short, and a part that a full disk brought down waits for room.
 */
export class Supervisor {
  readonly #home: string;
  readonly #pidFiles: PidFiles;
  readonly #logs: string;
  readonly #report: (line: string) => void;
  readonly #children: Child[] = [];
  readonly #timer: NodeJS.Timeout;
  #isFull = false;
  #isStopping = false;
  #reportDeath: (fault: StartFault) => void = () => {};
  /** Rejects when a child ends by itself. */
  readonly died: Promise<never>;

  constructor(home: string, pidFiles: PidFiles, report: (line: string) => void = () => {}) {
    this.#home = home;
    this.#pidFiles = pidFiles;
    this.#report = report;
    this.#logs = join(home, "logs");
    mkdirSync(this.#logs, { recursive: true });
    this.#timer = setInterval(() => {
      for (const { name } of this.#children) rotateLog(this.logPath(name));
      void this.#lookAtDisk();
    }, lookMs);
    this.#timer.unref();
    this.died = new Promise((_, reject) => {
      this.#reportDeath = reject;
    });
    this.died.catch(() => {});
  }

  logPath(name: string): string {
    return join(this.#logs, `${name}.log`);
  }

  async start(options: ChildOptions): Promise<void> {
    const order = -(this.#children.length + 1);
    this.#children.push({ ...(await this.#launch(options, order)), deaths: [] });
    this.#watch(this.#children.at(-1));
  }

  async #launch(options: ChildOptions, order: number): Promise<Omit<Child, "deaths">> {
    rotateLog(this.logPath(options.name));
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
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
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
    this.#pidFiles.record(options.name, pid, options.stopSignal ?? "SIGTERM", order);
    return { ...options, order, process: child, identity: identify(pid), exited, startedAt: Date.now() };
  }

  async #lookAtDisk(): Promise<void> {
    const isFull = !(await hasDiskSpace(this.#home));
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#report(
      isFull
        ? `The disk of ${this.#home} is full: make room. Until then changes are refused.`
        : `The disk of ${this.#home} has room again`,
    );
  }

  #watch(child: Child | undefined): void {
    void child?.exited.then(() => {
      this.#pidFiles.forget(child.name);
      if (this.#isStopping) return;
      const { exitCode, signalCode } = child.process;
      const how = signalCode ? `was ended by ${signalCode}` : `ended with code ${exitCode}`;
      const fault = new StartFault(`${capitalised(child.label)} ${how}: see ${this.logPath(child.name)}.`);
      this.#restart(child, how).catch((error: unknown) =>
        this.#reportDeath(error instanceof StartFault ? error : fault),
      );
    });
  }

  /** Rejects when it is not to be, or cannot be, started again. */
  async #restart(child: Child, how: string): Promise<void> {
    const now = Date.now();
    const isFirst = child.deaths.length === 0;
    child.deaths = [...child.deaths, now].filter((at) => now - at < patience.withinMs);
    const hopeless = child.deaths.length > patience.deaths || (isFirst && now - child.startedAt < settledMs);
    const isFull = !(await hasDiskSpace(this.#home));
    const wasStopped = child.process.exitCode === 0;
    if (!child.restarts || wasStopped || (hopeless && !isFull)) throw new Error("not to be started again");
    this.#report(
      `${capitalised(child.label)} ${how}: starting it again${isFull ? " once the disk has room" : ""}`,
    );
    await delay(patience.firstWaitMs * 2 ** Math.min(child.deaths.length - 1, 4));
    while (!this.#isStopping && !(await hasDiskSpace(this.#home))) await delay(1_000);
    if (this.#isStopping) return;
    await child.restarts.prepare?.();
    if (this.#isStopping) return;
    Object.assign(child, await this.#launch(child, child.order));
    // Asked to stop in this very moment, it goes with the others.
    if (this.#isStopping) await this.#end(child);
    this.#watch(child);
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
    clearInterval(this.#timer);
    for (const child of this.#children.toReversed()) {
      if (child.process.exitCode !== null || child.process.signalCode !== null) continue;
      report(`Stopping ${child.label}`);
      await this.#end(child);
    }
  }

  async #end(child: Child): Promise<void> {
    if (!child.identity) return;
    await stopProcess(child.identity, child.stopSignal ?? "SIGTERM", child.graceMs ?? 10_000);
    await child.exited;
    this.#pidFiles.forget(child.name);
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
