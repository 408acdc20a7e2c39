// Prints the SQL between two states of prisma/schema with Prisma's own engine, offline:
//   node scripts/migration-diff.ts                          from empty to prisma/schema
//   node scripts/migration-diff.ts --from-git <revision>    from that revision's schema to prisma/schema
//   … --name <words>                                        writes prisma/migrations/<time>_<words>/migration.sql
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadSchemaEngine, type SchemaFile } from "./stack/schema-engine.ts";

const root = join(import.meta.dirname, "..");
const schemaFolder = join(root, "prisma", "schema");

function readSchemaFiles(): SchemaFile[] {
  return readdirSync(schemaFolder)
    .filter((name) => name.endsWith(".prisma"))
    .sort()
    .map((name) => ({ path: name, content: readFileSync(join(schemaFolder, name), "utf8") }));
}

function readSchemaFilesOf(revision: string): SchemaFile[] {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" });
  return git("ls-tree", "--name-only", revision, "prisma/schema/")
    .split("\n")
    .filter((path) => path.endsWith(".prisma"))
    .map((path) => ({
      path: path.slice("prisma/schema/".length),
      content: git("show", `${revision}:${path}`),
    }));
}

const { values } = parseArgs({ options: { "from-git": { type: "string" }, name: { type: "string" } } });
const revision = values["from-git"];
const engine = await loadSchemaEngine();
const sql = await engine.diff(revision ? readSchemaFilesOf(revision) : [], readSchemaFiles());

if (values.name === undefined) {
  process.stdout.write(sql);
} else {
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const migrations = join(root, "prisma", "migrations");
  const folder = join(migrations, `${stamp}_${values.name.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "migration.sql"), sql);
  const lock = join(migrations, "migration_lock.toml");
  if (!existsSync(lock)) {
    writeFileSync(lock, '# Kept by Prisma Migrate; belongs in version control.\nprovider = "postgresql"\n');
  }
  console.log(folder);
}
