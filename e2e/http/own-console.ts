import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { sendRequest } from "./send-request.ts";

const root = join(import.meta.dirname, "..", "..");

export interface OwnConsole extends ConsoleUnderTest {
  apiKey: string;
  /** What it was started with, beside the environment of the tests. */
  settings: Record<string, string>;
  process: ChildProcess;
  /** What it has written so far. */
  readOutput(): string;
  /** Resolves with the exit code, null when a signal ended it. */
  exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** A console of the built sources for one test file, to be broken. */
export async function startOwnConsole(
  databaseUrl: string,
  settings: Record<string, string> = {},
  /** What node is started by, such as a tracer or a shell with limits, and with which of its own options. */
  call: { before?: readonly string[]; nodeOptions?: readonly string[] } = {},
): Promise<OwnConsole> {
  const build = join(root, process.env.WHARFINGER_DIST_DIR ?? ".next", "BUILD_ID");
  if (!existsSync(build)) throw new Error(`There is no build (${build}): run npm test, which makes one.`);
  const port = await findFreePort();
  const apiKey = "k9Zt4Qw7Xn2Lr8Vb5Jm3Hc6Fd1Sg0Py-own";
  const own = {
    PORT: String(port),
    WHARFINGER_BASE_URL: `http://localhost:${port}`,
    DATABASE_URL: databaseUrl,
    WHARFINGER_API_KEY: apiKey,
    WHARFINGER_MASTER_KEY: "mQ7xVt2Lb9Rk4Zc8Nw5Jh3Fd6Gs1Py0Ax",
    WHARFINGER_SESSION_SECRET: "sH3fKd8Wq2Zr6Tn9Xb4Lm7Vc1Jg5Py0Ea",
    ...settings,
  };
  const [command = "", ...args] = [
    ...(call.before ?? []),
    process.execPath,
    ...(call.nodeOptions ?? []),
    "server.ts",
  ];
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", ...own },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output = (output + chunk).slice(-200_000);
    });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const url = `http://127.0.0.1:${port}`;
  const end = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The console ended at its start:\n${output}`);
    const answer = await sendRequest({ url }, { path: "/api/ready" }).catch(() => null);
    if (answer?.status === 200) break;
    if (Date.now() > end) {
      child.kill("SIGKILL");
      throw new Error(`The console is not ready:\n${output}`);
    }
    await delay(100);
  }
  return {
    name: "of its own",
    url,
    entry: true,
    apiKey,
    settings: own,
    process: child,
    readOutput: () => output,
    exited,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
    },
  };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
