import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PidFiles } from "./pid-files.ts";
import { identify, isRunning } from "./process-identity.ts";
import { rotateLog } from "./rotate-log.ts";
import { Supervisor } from "./supervisor.ts";

const idle = ["-e", "setInterval(() => {}, 1000)"];
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "wharfinger-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function startAndHang() {
  const path = join(import.meta.dirname, "testing", "start-and-hang.ts");
  const child = spawn(process.execPath, [path, home], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

function readPidFile(name: string): { pid: number; startedAt: string } {
  return JSON.parse(readFileSync(join(home, "run", `${name}.json`), "utf8"));
}

function childOptions(name: string, args = idle) {
  return { name, label: `the ${name}`, command: process.execPath, args, env: process.env };
}

describe("a start that was killed with SIGKILL", () => {
  it("leaves children that the next start finds and stops", async () => {
    const launcher = await startAndHang();
    const sleeper = readPidFile("sleeper");
    launcher.kill("SIGKILL");
    await once(launcher, "exit");
    expect(isRunning(sleeper)).toBe(true);

    const pidFiles = new PidFiles(home);
    await pidFiles.lock();
    expect(await pidFiles.stopOrphans()).toEqual(["sleeper"]);
    expect(isRunning(sleeper)).toBe(false);
    expect(await pidFiles.stopOrphans()).toEqual([]);
  });

  it("never takes a later process with the same number for its own", async () => {
    const pidFiles = new PidFiles(home);
    const other = spawn(process.execPath, idle, { stdio: "ignore" });
    await once(other, "spawn");
    const identity = identify(other.pid ?? 0);
    writeFileSync(
      join(home, "run", "registry.json"),
      JSON.stringify({ name: "registry", pid: other.pid, startedAt: "1", stopSignal: "SIGTERM", order: 1 }),
    );
    expect(await pidFiles.stopOrphans()).toEqual([]);
    expect(identity && isRunning(identity)).toBe(true);
    other.kill("SIGKILL");
    await once(other, "exit");
  });
});

describe("one home folder", () => {
  it("is refused to a second start while the first one runs", async () => {
    const launcher = await startAndHang();
    await expect(new PidFiles(home).lock()).rejects.toThrow(
      `Wharfinger already runs from this folder (process ${launcher.pid}): stop it first, or set WHARFINGER_HOME to another folder.`,
    );
    launcher.kill("SIGKILL");
    await once(launcher, "exit");
    await new PidFiles(home).stopOrphans();
  });

  it("survives a damaged pid file", async () => {
    const pidFiles = new PidFiles(home);
    writeFileSync(join(home, "run", "launcher.json"), "{half");
    await pidFiles.lock();
    expect(readPidFile("launcher").pid).toBe(process.pid);
  });
});

describe("Supervisor", () => {
  it("stops its children, the last one first", async () => {
    const supervisor = new Supervisor(home, new PidFiles(home));
    for (const name of ["first", "second", "third"]) await supervisor.start(childOptions(name));
    const identities = ["first", "second", "third"].map(readPidFile);
    const lines: string[] = [];
    await supervisor.stop((line) => lines.push(line));
    expect(lines).toEqual(["Stopping the third", "Stopping the second", "Stopping the first"]);
    expect(identities.some(isRunning)).toBe(false);
  });

  it("insists when a child ignores being asked", async () => {
    const supervisor = new Supervisor(home, new PidFiles(home));
    const args = ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf')"];
    await supervisor.start({ ...childOptions("stubborn", args), graceMs: 300 });
    await vi.waitFor(() => expect(readFileSync(supervisor.logPath("stubborn"), "utf8")).toBe("deaf\n"));
    const identity = readPidFile("stubborn");
    await supervisor.stop();
    expect(isRunning(identity)).toBe(false);
  });

  it("tells the death of a child in one sentence", async () => {
    const supervisor = new Supervisor(home, new PidFiles(home));
    await supervisor.start(childOptions("worker", ["-e", "process.exit(7)"]));
    await expect(supervisor.died).rejects.toThrow(
      `The worker ended with code 7: see ${supervisor.logPath("worker")}.`,
    );
    await supervisor.stop();
  });

  it("tells that a program is not there in one sentence", async () => {
    const supervisor = new Supervisor(home, new PidFiles(home));
    const options = { ...childOptions("registry"), command: join(home, "no-such-program") };
    await expect(supervisor.start(options)).rejects.toThrow(
      /^The registry could not be started from .*: ENOENT\.$/,
    );
  });

  it("F5: starts a child again that ended by itself, and leaves one alone that it stopped", async () => {
    const lines: string[] = [];
    const supervisor = new Supervisor(home, new PidFiles(home), (line) => lines.push(line));
    await supervisor.start({ ...childOptions("worker"), restarts: {} });
    const first = readPidFile("worker");
    // It counts as working once it has run for a while.
    await delay(5_100);
    process.kill(first.pid, "SIGKILL");
    await vi.waitFor(() => expect(readPidFile("worker").pid).not.toBe(first.pid), 20_000);
    const second = readPidFile("worker");
    expect(isRunning(second)).toBe(true);
    expect(lines).toEqual(["The worker was ended by SIGKILL: starting it again"]);
    await supervisor.stop();
    expect(isRunning(second)).toBe(false);
  });

  it("F5: gives up on a child that never worked", async () => {
    const supervisor = new Supervisor(home, new PidFiles(home));
    await supervisor.start({ ...childOptions("worker", ["-e", "process.exit(7)"]), restarts: {} });
    await expect(supervisor.died).rejects.toThrow(/^The worker ended with code 7: see /);
    await supervisor.stop();
  });

  it("keeps the log of a child short while that goes on writing", async () => {
    const supervisor = new Supervisor(home, new PidFiles(home));
    const lines = "setInterval(() => console.log('x'.repeat(999)), 5)";
    await supervisor.start(childOptions("chatty", ["-e", lines]));
    const log = supervisor.logPath("chatty");
    await vi.waitFor(() => expect(statSync(log).size).toBeGreaterThan(20_000), 20_000);
    rotateLog(log, 10_000);
    expect(statSync(log).size).toBeLessThan(10_000);
    expect(statSync(`${log}.1`).size).toBeGreaterThan(20_000);
    // New lines come at the start of the file, not after a hole as long as what was taken away.
    await vi.waitFor(() => expect(statSync(log).size).toBeGreaterThan(1_000), 20_000);
    expect(readFileSync(log, "utf8").slice(0, 5)).toBe("xxxxx");
    await supervisor.stop();
  });
});

describe("rotateLog", () => {
  it("leaves a short log alone, and keeps two of the ones before", () => {
    const log = join(home, "some.log");
    rotateLog(log, 5);
    for (const text of ["first line", "second line", "third line", "4th"]) {
      writeFileSync(log, text);
      rotateLog(log, 5);
    }
    const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : null);
    expect([log, `${log}.1`, `${log}.2`, `${log}.3`].map(read)).toEqual([
      "4th",
      "third line",
      "second line",
      null,
    ]);
  });
});
