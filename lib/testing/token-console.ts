import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { listHotDoors } from "#lib/server/hot-doors";
import { startHotDoors } from "#lib/testing/start-hot-doors";

export interface TokenConsole {
  url: string;
  close(): Promise<void>;
}

/** The token endpoint in this process; registries that are set up from here on send their clients to it. */
export async function openTokenConsole(): Promise<TokenConsole> {
  const { url, close } = await startHotDoors(listHotDoors());
  process.env.WHARFINGER_BASE_URL = url;
  return { url, close };
}

/** Another instance over the same database, in a process of its own, with a clock of its own. */
export async function startTokenInstance(shiftMs = 0): Promise<TokenConsole> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "token-instance.ts")], {
    env: { ...process.env, TEST_CLOCK_SHIFT_MS: String(shiftMs) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const [line] = await Promise.race([
    once(child.stdout.setEncoding("utf8"), "data"),
    once(child, "exit").then(() => {
      throw new Error("The token endpoint did not start.");
    }),
  ]);
  return {
    url: String(line).trim(),
    close: async () => {
      process.off("exit", kill);
      const ended = once(child, "exit");
      kill();
      await ended;
    },
  };
}
