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
  const plain = process.env.TEST_PLAIN_CONSOLE_URL;
  return [
    { name: "with the entry", url: requireSetting("TEST_CONSOLE_URL"), entry: true },
    ...(plain ? [{ name: "without the entry", url: trimSlash(plain), entry: false }] : []),
  ];
}

export function getConsole(): ConsoleUnderTest {
  return { name: "with the entry", url: requireSetting("TEST_CONSOLE_URL"), entry: true };
}

export function getDatabaseUrl(): string {
  return requireSetting("TEST_CONSOLE_DATABASE_URL");
}

export function getAdminKey(): string {
  return requireSetting("TEST_CONSOLE_API_KEY");
}

function requireSetting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run npm test, which starts the consoles that these tests attack.`);
  return name.endsWith("_CONSOLE_URL") ? trimSlash(value) : value;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
