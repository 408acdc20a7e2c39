import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** `npm run demo` in a process group of its own, as a terminal would have it. */
export class DemoRun {
  readonly #child: ChildProcess;
  #output = "";
  readonly ended: Promise<number | null>;

  constructor(environment: Record<string, string>) {
    this.#child = spawn(process.execPath, [join(root, "scripts", "launch.mjs"), "demo"], {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { NODE_ENV: "production", PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
    this.ended = new Promise((resolve) => this.#child.once("close", (code) => resolve(code)));
  }

  get lines(): string[] {
    return this.#output.split("\n").filter(Boolean);
  }

  /** What Ctrl-C does (SIGINT), or kill -9. */
  signal(name: "SIGINT" | "SIGKILL"): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended already.
    }
  }
}
