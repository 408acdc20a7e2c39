import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PidFiles } from "./pid-files.ts";
import { identify, isRunning } from "./process-identity.ts";
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
});
