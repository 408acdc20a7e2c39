import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { migrateDatabase } from "#lib/db/migrate";

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

// Held while the template is made, so that parallel test files make it once.
const templateLock = 4_711_001;

/** A fresh, migrated database of its own on the server of TEST_DATABASE_URL, cloned from a template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = await ensureTemplate();
  const name = `test_${randomBytes(8).toString("hex")}`;
  await withServer((server) => server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return {
    url: urlOf(name),
    drop: async () => {
      await withServer((server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** An empty database, for tests of the migrations themselves. */
export async function createEmptyTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await withServer((server) => server.query(`CREATE DATABASE ${name}`));
  return {
    url: urlOf(name),
    drop: async () => {
      await withServer((server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

async function ensureTemplate(): Promise<string> {
  const name = `test_template_${hashMigrations()}`;
  await withServer(async (server) => {
    await server.query("SELECT pg_advisory_lock($1)", [templateLock]);
    // The comment is written last: a template without it was left half made.
    const found = await server.query<{ comment: string | null }>(
      "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
      [name],
    );
    if (found.rows[0]?.comment === "ready") return;
    await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.query(`CREATE DATABASE ${name}`);
    await migrateDatabase(urlOf(name));
    await server.query(`COMMENT ON DATABASE ${name} IS 'ready'`);
  });
  return name;
}

function hashMigrations(): string {
  const folder = join(import.meta.dirname, "..", "..", "prisma", "migrations");
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    hash.update(entry.name).update(readFileSync(join(folder, entry.name, "migration.sql")));
  }
  return hash.digest("hex").slice(0, 16);
}

async function withServer(work: (server: Client) => Promise<unknown>): Promise<void> {
  const server = new Client({ connectionString: serverUrl() });
  await server.connect();
  try {
    await work(server);
  } finally {
    await server.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) {
    throw new Error(
      "TEST_DATABASE_URL is not set: run npm test, or node scripts/dev-stack.ts and load its stack.env.",
    );
  }
  return url;
}
