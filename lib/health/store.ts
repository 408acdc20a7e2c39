import { readdirSync } from "node:fs";
import { join } from "node:path";
import { db } from "#lib/db/client";

const migrations = readMigrationNames();

function readMigrationNames(): string[] {
  try {
    return readdirSync(join(process.cwd(), "prisma", "migrations"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

export async function pingStore(): Promise<boolean> {
  try {
    await db().$queryRaw`SELECT 1`;
    return true;
  } catch {
    return false;
  }
}

export async function countPendingMigrations(): Promise<number | null> {
  try {
    const rows = await db().$queryRaw<{ migration_name: string }[]>`
      SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
    const applied = new Set(rows.map((row) => row.migration_name));
    return migrations.filter((name) => !applied.has(name)).length;
  } catch {
    return null;
  }
}
