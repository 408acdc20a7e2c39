import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { HomeSecrets } from "#lib/settings/home-secrets";
import { findFreePort } from "../stack/ports.ts";
import { waitForConsole } from "../stack/run-console.ts";
import type { Supervisor } from "../stack/supervisor.ts";

export interface TestConsole {
  url: string;
  apiKey: string;
  adminPassword: string;
  environment: NodeJS.ProcessEnv;
}

/** What the tests of one worker of Vitest attack: nobody else looks at it or changes it. */
export interface AttackedConsoles {
  url: string;
  /** The same build and database under plain `next start`. */
  plainUrl: string;
  databaseUrl: string;
  /** Of an admin. */
  apiKey: string;
  /** What the console writes its log to. */
  logFile: string;
}

interface TestConsoleOptions {
  root: string;
  distDir: string;
  name: string;
  databaseUrl: string;
  secrets: HomeSecrets;
  supervisor: Supervisor;
  port?: number;
  /** False where tests compare what the database holds: nothing may happen there by itself. */
  hasWorker?: boolean;
  /** Settings beside those that every console of the tests has. */
  settings?: Record<string, string>;
}

/** A console on a free port over a database of its own, with an admin and an admin's API key. */
export async function startTestConsole(options: TestConsoleOptions): Promise<TestConsole> {
  const { root, secrets, supervisor, name } = options;
  const port = options.port ?? (await findFreePort());
  const url = `http://localhost:${port}`;
  const apiKey = randomBytes(32).toString("base64url");
  const adminPassword = randomBytes(16).toString("base64url");
  const environment: NodeJS.ProcessEnv = {
    ...inheritedEnvironment(),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    PORT: String(port),
    DATABASE_URL: options.databaseUrl,
    WHARFINGER_BIND: "127.0.0.1",
    WHARFINGER_BASE_URL: url,
    WHARFINGER_MASTER_KEY: secrets.masterKey,
    WHARFINGER_SESSION_SECRET: secrets.sessionSecret,
    WHARFINGER_INGEST_SECRET: secrets.ingestSecret,
    WHARFINGER_ADMIN_PASSWORD: adminPassword,
    WHARFINGER_API_KEY: apiKey,
    WHARFINGER_DIST_DIR: options.distDir,
    ...options.settings,
  };
  const common = { command: process.execPath, env: environment, cwd: root };
  const [worker, console] = [`${name}-worker`, name];
  if (options.hasWorker ?? true)
    await supervisor.start({
      ...common,
      name: worker,
      label: `the worker of ${name}`,
      args: [join(root, "worker.ts")],
    });
  await supervisor.start({
    ...common,
    name: console,
    label: `the console ${name}`,
    args: [join(root, "server.ts")],
  });
  await supervisor.until(waitForConsole(url, "/api/ready", 60_000));
  return { url, apiKey, adminPassword, environment };
}

/** The same build and database under plain `next start`: what is left when our entry and its proxy are not there. */
export async function startPlainConsole(options: {
  root: string;
  name: string;
  environment: NodeJS.ProcessEnv;
  supervisor: Supervisor;
}): Promise<string> {
  const { root, name, supervisor } = options;
  const port = await findFreePort();
  await supervisor.start({
    name,
    label: `the console ${name}`,
    command: process.execPath,
    args: [join(root, "node_modules/next/dist/bin/next"), "start", "-H", "127.0.0.1", "-p", String(port)],
    env: { ...options.environment, PORT: String(port) },
    cwd: root,
  });
  const url = `http://localhost:${port}`;
  await supervisor.until(waitForConsole(url, "/api/health", 60_000));
  return url;
}

/** Settings of somebody's shell must not reach the consoles that tests are about. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const names = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|WHARFINGER_|DATABASE_|TEST_|REGISTRY_)/.test(name),
  );
  return { NODE_ENV: "production", ...Object.fromEntries(names) };
}
