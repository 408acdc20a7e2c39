import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { unpackDebianProgram } from "../../scripts/stack/debian-program.ts";

const run = promisify(execFile);
/** Kept between runs, as the unpacked registry is. */
const home = join(import.meta.dirname, "..", "..", ".wharfinger");

export interface Containerd {
  ctr(args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Folder with `containerd` and `ctr`: of this machine, or of Debian's package unpacked; else why not. */
export function findContainerd(): { folder: string } | { missing: string } {
  if (process.getuid?.() !== 0) return { missing: "containerd needs root" };
  for (const folder of ["/usr/bin", "/usr/local/bin"])
    if (existsSync(join(folder, "ctr")) && existsSync(join(folder, "containerd"))) return { folder };
  const unpacked = unpackDebianProgram({
    home,
    name: "containerd",
    program: "usr/bin/containerd",
    report: () => {},
  });
  const folder = unpacked.path === null ? null : dirname(unpacked.path);
  return folder !== null && existsSync(join(folder, "ctr"))
    ? { folder }
    : { missing: "containerd is not on this machine" };
}

/** Runs containerd with a state of its own; nothing of a containerd that runs already is touched. */
export async function startContainerd(folder: string): Promise<Containerd> {
  const state = mkdtempSync(join(tmpdir(), "wharfinger-containerd-"));
  const address = join(state, "containerd.sock");
  const child: ChildProcess = spawn(
    join(folder, "containerd"),
    ["--root", join(state, "root"), "--state", join(state, "state"), "--address", address],
    { stdio: "ignore" },
  );
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  const ctr = async (args: string[]) =>
    (await run(join(folder, "ctr"), ["--address", address, ...args], { timeout: 60_000 })).stdout;
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await ctr(["version"]);
      break;
    } catch (error) {
      if (Date.now() > deadline || child.exitCode !== null) throw error;
    }
  }
  return {
    ctr,
    stop: async () => {
      process.off("exit", end);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      rmSync(state, { recursive: true, force: true });
    },
  };
}
