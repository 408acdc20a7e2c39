import type { Scope } from "#lib/auth/rules";
import { anyPatternCondition, patternCondition, scopeCondition } from "#lib/auth/scope-sql";
import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

const name = Prisma.sql`r.name`;

export interface RegionQuery {
  registryId: number;
  pattern: string;
  /** What the reader may see. */
  scope: Scope;
}

function regionCondition({ registryId, pattern, scope }: RegionQuery): Prisma.Sql {
  return Prisma.sql`r.registry_id = ${registryId} AND r.missing_since IS NULL
    AND ${patternCondition(pattern, name)} AND ${scopeCondition(scope, "r.registry_id", "r.name")}`;
}

export async function listMatches(
  db: Db | Tx,
  region: RegionQuery,
  take: number,
): Promise<{ count: number; names: string[] }> {
  const [counted, named] = await Promise.all([
    db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM repository r WHERE ${regionCondition(region)}`,
    db.$queryRaw<{ name: string }[]>`
      SELECT r.name FROM repository r WHERE ${regionCondition(region)} ORDER BY r.name LIMIT ${take}`,
  ]);
  return { count: counted[0]?.count ?? 0, names: named.map((row) => row.name) };
}

/** For one action: patterns under which it is held, or withheld, already; null where it is not asked for. */
export interface GainQuery {
  held: readonly string[];
  withheld: readonly string[];
}

export interface GainRow {
  name: string;
  pull: boolean;
  push: boolean;
  delete: boolean;
}

/** Repositories of the region in which at least one action is neither held nor withheld. */
export async function listGains(
  db: Db | Tx,
  region: RegionQuery,
  gains: Record<"pull" | "push" | "delete", GainQuery | null>,
  take: number,
): Promise<{ count: number; rows: GainRow[] }> {
  const conditions = Object.values(gains).map(gainCondition);
  const any = Prisma.sql`(${Prisma.join(conditions, " OR ")})`;
  const [counted, rows] = await Promise.all([
    db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM repository r WHERE ${regionCondition(region)} AND ${any}`,
    db.$queryRaw<GainRow[]>`
      SELECT r.name, ${gainCondition(gains.pull)} AS pull, ${gainCondition(gains.push)} AS push,
        ${gainCondition(gains.delete)} AS delete
      FROM repository r WHERE ${regionCondition(region)} AND ${any} ORDER BY r.name LIMIT ${take}`,
  ]);
  return { count: counted[0]?.count ?? 0, rows };
}

function gainCondition(gain: GainQuery | null): Prisma.Sql {
  if (!gain) return Prisma.sql`FALSE`;
  return Prisma.sql`NOT (${anyPatternCondition(gain.held, name)} OR ${anyPatternCondition(gain.withheld, name)})`;
}
