import type { AttackedConsoles } from "../../scripts/checks/test-consoles.ts";

/** A running console, and what a test needs to know to attack it. */
export interface ConsoleUnderTest {
  name: string;
  /** No trailing slash. */
  url: string;
  /** False for the same build under plain `next start`: the hot doors and what the entry adds are not there. */
  entry: boolean;
}

/** Both consoles over one database: with the entry in front, and with that layer removed. */
export function listConsoles(): ConsoleUnderTest[] {
  return [getConsole(), { name: "without the entry", url: getAttacked().plainUrl, entry: false }];
}

export function getConsole(): ConsoleUnderTest {
  return { name: "with the entry", url: getAttacked().url, entry: true };
}

export function getDatabaseUrl(): string {
  return getAttacked().databaseUrl;
}

export function getAdminKey(): string {
  return getAttacked().apiKey;
}

export function getLogFile(): string {
  return getAttacked().logFile;
}

/** Files that run at the same time each have consoles and a database of their own: some compare all that it holds. */
function getAttacked(): AttackedConsoles {
  const { TEST_CONSOLES: given, VITEST_POOL_ID: worker } = process.env;
  if (!given)
    throw new Error(
      "TEST_CONSOLES is not set: run npm test, which starts the consoles that these tests attack.",
    );
  const attacked = (JSON.parse(given) as AttackedConsoles[])[Number(worker) - 1];
  if (!attacked)
    throw new Error(`There are no consoles for worker ${worker}: more files run at once than consoles.`);
  return attacked;
}
