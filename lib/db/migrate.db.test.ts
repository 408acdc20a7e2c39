import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrateDatabase } from "#lib/db/migrate";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { createEmptyTestDatabase, type TestDatabase } from "#lib/testing/test-database";

let database: TestDatabase;
let folder: string;
let client: Client;

beforeEach(async () => {
  database = await createEmptyTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "migrations-"));
  client = new Client({ connectionString: database.url });
  client.on("error", () => {});
  await client.connect();
});

afterEach(async () => {
  await client.end().catch(() => {});
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

async function readApplied(): Promise<string[]> {
  const { rows } = await client.query<{ migration_name: string }>(
    "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY started_at",
  );
  return rows.map((row) => row.migration_name);
}

/** Every column and index of ours, without the table that the migrations themselves keep. */
async function describeSchema(of: Client = client): Promise<string[]> {
  const { rows } = await of.query<{ line: string }>(`
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
    ORDER BY 1`);
  return rows.map((row) => row.line);
}

/** Cuts after semicolons at the end of a line, but not inside of a function's body. */
function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let open = "";
  for (const piece of sql.split(/(?<=;)\n/)) {
    open += open === "" ? piece : `\n${piece}`;
    if (open.split("$$").length % 2 === 0) continue;
    statements.push(open);
    open = "";
  }
  return statements;
}

describe("migrateDatabase", () => {
  it("applies the project's migrations once", async () => {
    const first = await migrateDatabase(database.url);
    expect(first.applied.length).toBeGreaterThan(0);
    expect(await migrateDatabase(database.url)).toEqual({ applied: [], edited: [] });
    expect(await readApplied()).toEqual(first.applied);
  });

  it("lets several starts at once apply each migration once", async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(database.url)));
    const applied = results.flatMap((result) => result.applied);
    expect(applied.length).toBeGreaterThan(0);
    expect(new Set(applied).size).toBe(applied.length);
  });

  it("F4: killed at any statement, the next call goes on from a whole migration", async () => {
    const statements = Array.from({ length: 8 }, (_, index) => `CREATE TABLE step_${index} (id int);`);
    await addMigration("001_first", "CREATE TABLE before_it (id int);");
    for (let killAt = 0; killAt <= statements.length; killAt++) {
      const name = `002_kill_${killAt}`;
      const renamed = statements.map((statement) => statement.replace("step_", `step_${killAt}_`));
      // The server ends the session in the middle, as a crash of ours would look to it.
      const cut = "SELECT pg_terminate_backend(pg_backend_pid());";
      await addMigration(name, [...renamed.slice(0, killAt), cut, ...renamed.slice(killAt)].join("\n"));
      await expect(migrateDatabase(database.url, folder)).rejects.toThrow();
      expect(await readApplied()).not.toContain(name);
      const { rows } = await client.query("SELECT 1 FROM pg_tables WHERE tablename LIKE $1", [
        `step_${killAt}_%`,
      ]);
      expect(rows).toHaveLength(0);

      await addMigration(name, renamed.join("\n"));
      expect((await migrateDatabase(database.url, folder)).applied).toContain(name);
    }
  });

  it("F4: the project's own migrations, killed at statement after statement, leave nothing half done", async () => {
    const own = join(import.meta.dirname, "..", "..", "prisma", "migrations");
    const names = readdirSync(own, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of names) {
      const sql = readFileSync(join(own, name, "migration.sql"), "utf8");
      const statements = splitStatements(sql);
      const step = Math.max(1, Math.ceil(statements.length / fuzzRuns(6, 10_000)));
      for (let killAt = 1; killAt <= statements.length; killAt += step) {
        const before = await describeSchema();
        const cut = "SELECT pg_terminate_backend(pg_backend_pid());";
        await addMigration(
          name,
          [...statements.slice(0, killAt), cut, ...statements.slice(killAt)].join("\n"),
        );
        await expect(migrateDatabase(database.url, folder)).rejects.toThrow();
        expect(await describeSchema()).toEqual(before);
      }
      await addMigration(name, sql);
      expect((await migrateDatabase(database.url, folder)).applied).toEqual([name]);
    }
    expect(await migrateDatabase(database.url)).toEqual({ applied: [], edited: [] });
    const killed = await describeSchema();
    const clean = await createEmptyTestDatabase();
    await migrateDatabase(clean.url);
    const other = new Client({ connectionString: clean.url });
    await other.connect();
    expect(killed).toEqual(await describeSchema(other));
    await other.end();
    await clean.drop();
  });

  it("rolls a failing migration back whole and says which it was", async () => {
    await addMigration("001_bad", "CREATE TABLE half (id int); SELECT no_such_column;");
    await expect(migrateDatabase(database.url, folder)).rejects.toThrow(/001_bad failed/);
    expect((await client.query("SELECT 1 FROM pg_tables WHERE tablename = 'half'")).rowCount).toBe(0);
  });

  it("names a migration whose file changed after it was applied", async () => {
    await addMigration("001_first", "CREATE TABLE one (id int);");
    await migrateDatabase(database.url, folder);
    await addMigration("001_first", "CREATE TABLE two (id int);");
    expect(await migrateDatabase(database.url, folder)).toEqual({ applied: [], edited: ["001_first"] });
  });

  it("stops where another tool left a migration unfinished", async () => {
    await migrateDatabase(database.url, folder);
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '000_elsewhere')",
    );
    await expect(migrateDatabase(database.url, folder)).rejects.toThrow(/000_elsewhere/);
  });
});
