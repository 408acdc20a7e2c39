import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runMigrations } from "graphile-worker";
import { Client } from "pg";

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

export interface MigrationResult {
  /** Names applied by this call. */
  applied: string[];
  /** Names whose file is no longer what was applied. */
  edited: string[];
}

/** A migration that began elsewhere and did not finish, which needs a person. */
export class FailedMigrationError extends Error {
  override readonly name = "FailedMigrationError";
}

// The lock that `prisma migrate deploy` takes, so that neither runs beside the other.
const lockKey = 72_707_369;

const migrationTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings a database to the state of prisma/migrations, and the job queue's tables to theirs. Reads and writes the
 * table of `prisma migrate deploy`, so either may be used. Each migration and its row are one transaction: killed
 * at any point, the next call goes on where it was. Several callers take turns.
 */
export async function migrateDatabase(
  databaseUrl: string,
  folder = migrationsFolder(),
): Promise<MigrationResult> {
  const migrations = readMigrations(folder);
  const client = new Client({ connectionString: databaseUrl, application_name: "wharfinger-migrate" });
  // Without a listener, a connection lost while idle would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    const result: MigrationResult = { applied: [], edited: [] };
    for (;;) {
      const step = await inLockedTransaction(client, () => takeStep(client, migrations));
      result.edited = step.edited;
      if (step.applied === null) break;
      result.applied.push(step.applied);
    }
    await runMigrations({ connectionString: databaseUrl });
    return result;
  } finally {
    await client.end().catch(() => {});
  }
}

// The lock goes with the transaction: behind a pooler there is no session that it could belong to.
async function inLockedTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

/** Applies the first migration that is missing; `applied` is null when none is. */
async function takeStep(
  client: Client,
  migrations: Migration[],
): Promise<{ applied: string | null; edited: string[] }> {
  await client.query(migrationTable);
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const failed = rows.find((row) => row.finished_at === null);
  if (failed) {
    throw new FailedMigrationError(
      `The migration ${failed.migration_name} was begun by another tool and did not finish: repair the database and mark it with "prisma migrate resolve".`,
    );
  }
  const known = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const missing = migrations.find(({ name }) => !known.has(name));
  if (missing) await applyMigration(client, missing);
  const edited = migrations
    .filter(({ name, checksum }) => known.has(name) && known.get(name) !== checksum)
    .map(({ name }) => name);
  return { applied: missing?.name ?? null, edited };
}

async function applyMigration(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, statement_timestamp(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The migration ${migration.name} failed and was rolled back: ${reason}`, {
      cause: error,
    });
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "migration.sql")))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

function migrationsFolder(): string {
  return join(import.meta.dirname, "..", "..", "prisma", "migrations");
}
