import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { migrateDatabase } from "#lib/db/migrate";
import { ensureHomeSecrets, type HomeSecrets } from "#lib/settings/home-secrets";
import { buildConsole, isBuilt } from "../../scripts/stack/build-console.ts";
import { startEmbeddedPostgres } from "../../scripts/stack/embedded-postgres.ts";
import { findFreePort } from "../../scripts/stack/ports.ts";
import { prepareHome } from "../../scripts/stack/prepare-home.ts";
import { waitForConsole } from "../../scripts/stack/run-console.ts";
import type { Run } from "../../scripts/stack/run-to-completion.ts";
import type { Supervisor } from "../../scripts/stack/supervisor.ts";
import type { BenchOptions } from "./bench-options.ts";

export interface BenchConsole {
  url: string;
  apiKey: string;
  adminPassword: string;
}

export interface ConsoleExtras {
  /** A module that runs in the console's process before it, such as a server to compare with. */
  preload?: string;
  env: Record<string, string>;
}

export interface BenchStack {
  supervisor: Supervisor;
  secrets: HomeSecrets;
  postgresPid(): number;
  urlOf(name: string): string;
  /** A migrated database that lasts; `seed` fills it once, and again when the migrations or `version` changed. */
  openSeeded(name: string, version: string, seed: (url: string) => Promise<void>): Promise<string>;
  /** An empty, migrated database. */
  openFresh(name: string): Promise<string>;
  drop(name: string): Promise<void>;
  /** The production build of the console under server.ts, without a worker. */
  startConsole(name: string, databaseUrl: string, more?: ConsoleExtras): Promise<BenchConsole>;
  /** The environment in which the services and the worker find a database. */
  environmentOf(databaseUrl: string): NodeJS.ProcessEnv;
}

/** A Postgres of its own for one bench, and consoles over its databases when they are asked for. */
export async function openBenchStack(options: BenchOptions, run: Run): Promise<BenchStack> {
  const { root, home } = options;
  const supervisor = await prepareHome(home, run);
  const secrets = ensureHomeSecrets(home);
  const postgres = await startEmbeddedPostgres({
    root,
    home,
    password: secrets.postgresPassword,
    supervisor,
  });
  const admin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ connectionString: postgres.urlOf("postgres") });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const drop = (name: string) =>
    admin(async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    });
  const openFresh = async (name: string) => {
    await drop(name);
    await admin((client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`));
    await migrateDatabase(postgres.urlOf(name));
    return postgres.urlOf(name);
  };
  const environmentOf = (databaseUrl: string): NodeJS.ProcessEnv => ({
    ...inheritedEnvironment(),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATABASE_URL: databaseUrl,
    WHARFINGER_MASTER_KEY: secrets.masterKey,
    WHARFINGER_SESSION_SECRET: secrets.sessionSecret,
    WHARFINGER_INGEST_SECRET: secrets.ingestSecret,
  });
  let built: Promise<string> | null = null;
  return {
    supervisor,
    secrets,
    drop,
    openFresh,
    urlOf: postgres.urlOf,
    environmentOf,
    postgresPid: () =>
      Number(readFileSync(join(home, "postgres", "data", "postmaster.pid"), "utf8").split("\n")[0]),
    openSeeded: async (name, version, seed) => {
      const stamp = `seeded ${version} ${hashMigrations(root)}`;
      const comment = await admin(async (client) => {
        const found = await client.query<{ comment: string | null }>(
          "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
          [name],
        );
        return found.rows[0]?.comment;
      });
      if (comment === stamp) return postgres.urlOf(name);
      const url = await openFresh(name);
      await seed(url);
      await admin((client) =>
        client.query(
          `COMMENT ON DATABASE ${client.escapeIdentifier(name)} IS ${client.escapeLiteral(stamp)}`,
        ),
      );
      return url;
    },
    startConsole: async (name, databaseUrl, more) => {
      built ??= build(root, supervisor.logPath("build"), run);
      const distDir = await built;
      const port = await findFreePort();
      const url = `http://localhost:${port}`;
      const apiKey = randomBytes(32).toString("base64url");
      // The database lasts, and an admin that is there keeps the password.
      const adminPassword = createHash("sha256").update(secrets.masterKey).digest("base64url");
      await supervisor.start({
        name,
        label: `the console ${name}`,
        command: process.execPath,
        args: [...(more?.preload ? ["--import", more.preload] : []), join(root, "server.ts")],
        cwd: root,
        env: {
          ...environmentOf(databaseUrl),
          PORT: String(port),
          WHARFINGER_BIND: "127.0.0.1",
          WHARFINGER_BASE_URL: url,
          WHARFINGER_ADMIN_PASSWORD: adminPassword,
          WHARFINGER_API_KEY: apiKey,
          WHARFINGER_DIST_DIR: distDir,
          ...more?.env,
        },
      });
      await supervisor.until(waitForConsole(url, "/api/ready", 60_000));
      return { url, apiKey, adminPassword };
    },
  };
}

// A build of these sources is used wherever it lies; those of the demo and of the tests are never overwritten.
async function build(root: string, logFile: string, run: Run): Promise<string> {
  for (const distDir of [".next", ".next-test"]) if (isBuilt(root, distDir)) return distDir;
  const distDir = ".next-bench";
  await buildConsole({ root, distDir, logFile, report: run.report, onChild: (stop) => run.onStop(stop) });
  return distDir;
}

function hashMigrations(root: string): string {
  const folder = join(root, "prisma", "migrations");
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) hash.update(readFileSync(join(folder, entry.name, "migration.sql")));
  return hash.digest("hex").slice(0, 16);
}

/** Settings of somebody's shell must not reach what is measured. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const names = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|WHARFINGER_|DATABASE_|TEST_|REGISTRY_|NODE_ENV)/.test(name),
  );
  return { NODE_ENV: "production", ...Object.fromEntries(names) };
}
