import { fork } from "node:child_process";
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

export interface TokenInstance extends TokenConsole {
  /** Puts its clock forward or, negative, back. */
  shiftClock(ms: number): Promise<void>;
}

/** Another instance over the same database, in a process of its own, with a clock of its own. */
export async function startTokenInstance(): Promise<TokenInstance> {
  const child = fork(join(import.meta.dirname, "token-instance.ts"), {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  if (!child.stdout) throw new Error("The token endpoint has no output.");
  const [line] = await Promise.race([
    once(child.stdout.setEncoding("utf8"), "data"),
    once(child, "exit").then(() => {
      throw new Error("The token endpoint did not start.");
    }),
  ]);
  return {
    url: String(line).trim(),
    shiftClock: async (ms) => {
      const shifted = once(child, "message");
      child.send(ms);
      await shifted;
    },
    close: async () => {
      process.off("exit", kill);
      const ended = once(child, "exit");
      kill();
      await ended;
    },
  };
}
