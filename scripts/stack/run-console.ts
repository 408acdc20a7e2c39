import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "#lib/settings/settings";
import { localUrl } from "./local-url.ts";
import { messageOf, StartFault } from "./start-fault.ts";
import type { Supervisor } from "./supervisor.ts";

/** Starts the worker and the console and waits until the console answers. */
export async function runConsole(options: {
  root: string;
  settings: Settings;
  environment: NodeJS.ProcessEnv;
  supervisor: Supervisor;
}): Promise<void> {
  const { root, settings, environment, supervisor } = options;
  const common = { command: process.execPath, env: environment, cwd: root, graceMs: 15_000, restarts: {} };
  await supervisor.start({ ...common, name: "worker", label: "the worker", args: [join(root, "worker.ts")] });
  await supervisor.start({
    ...common,
    name: "console",
    label: "the console",
    args: [join(root, "server.ts")],
  });
  await supervisor.until(waitForConsole(localUrl(settings), "/api/health", 60_000));
}

export async function waitForConsole(url: string, path: string, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) });
      await response.body?.cancel();
      if (response.status === 200) return;
      throw new Error(`it answers ${response.status}`);
    } catch (error) {
      if (Date.now() > end) throw new StartFault(`The console at ${url} is not ready (${messageOf(error)}).`);
      await delay(100);
    }
  }
}
