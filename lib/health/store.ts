import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
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

/** A load balancer does not wait for long: no answer soon is no answer. */
const pingMs = 3_000;

export async function pingStore(): Promise<boolean> {
  const answer = db().$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  return soonOr(answer, false);
}

function soonOr<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  return Promise.race([answer, delay(pingMs, otherwise, { ref: false })]);
}

export function countPendingMigrations(): Promise<number | null> {
  return soonOr(readPendingMigrations(), null);
}

async function readPendingMigrations(): Promise<number | null> {
  try {
    const rows = await db().$queryRaw<{ migration_name: string }[]>`
      SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
    const applied = new Set(rows.map((row) => row.migration_name));
    return migrations.filter((name) => !applied.has(name)).length;
  } catch {
    return null;
  }
}
