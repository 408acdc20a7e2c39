import type { DayWindow } from "#lib/activity/rules-window";
import type { ActivityAction } from "#lib/activity/schema";
import { areWindowsAt, keptWindowDays } from "#lib/activity/store-windows";
import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface Reach {
  registryId: number | null;
  pattern: string;
}

export interface ActivityFilter {
  scope: Scope;
  /** Those that the caller may know of, or the one that was asked for. */
  registryIds: readonly number[];
  repository?: string;
  principal?: string;
  /** The patterns of a team; null when none was asked for. */
  teamReaches: readonly Reach[] | null;
  action?: ActivityAction;
}

/** A table of sums under the name `a`, and which of its rows are asked for. */
export interface ActivitySums {
  table: Prisma.Sql;
  where: Prisma.Sql;
  /** Its rows are whole windows and have no day. */
  isWindow: boolean;
}

interface Needs {
  repository: boolean;
  actor: boolean;
  /** The days of the window are told apart. */
  days: boolean;
}

/** The coarsest sums that can answer: by whom and where, only where, only by whom, or neither. */
export async function chooseSums(
  db: Db,
  filter: ActivityFilter,
  window: DayWindow,
  needs: Needs,
): Promise<ActivitySums> {
  const byActor = needs.actor || filter.principal !== undefined;
  const byRepository =
    needs.repository ||
    filter.repository !== undefined ||
    filter.teamReaches !== null ||
    !seesWhole(filter.scope, filter.registryIds);
  const parts = [Prisma.sql`a.registry_id = ANY(${[...filter.registryIds]}::int[])`];
  if (byRepository) parts.push(scopeCondition(filter.scope, "a.registry_id", "a.repository"));
  if (filter.repository !== undefined) parts.push(Prisma.sql`a.repository = ${filter.repository}`);
  if (filter.principal !== undefined) parts.push(Prisma.sql`a.actor = ${filter.principal}`);
  if (filter.teamReaches !== null) parts.push(anyOf(filter.teamReaches));
  const isWindow =
    byRepository && !byActor && !needs.days && (await isWindowKept(db, filter.registryIds, window));
  parts.push(
    isWindow
      ? Prisma.sql`a.days = ${lengthOf(window)}::smallint`
      : Prisma.sql`a.day >= ${window.from}::date AND a.day < ${window.until}::date`,
  );
  return { table: tableOf(byRepository, byActor, isWindow), where: Prisma.join(parts, " AND "), isWindow };
}

/** The repositories that any of these rules names. */
export function anyOf(rules: readonly Reach[]): Prisma.Sql {
  return scopeCondition({ everywhere: false, rules }, "a.registry_id", "a.repository");
}

function tableOf(byRepository: boolean, byActor: boolean, isWindow: boolean): Prisma.Sql {
  if (isWindow) return Prisma.sql`activity_window a`;
  if (byRepository && byActor) return Prisma.sql`activity_day a`;
  if (byRepository) return Prisma.sql`activity_repository_day a`;
  return byActor ? Prisma.sql`activity_actor_day a` : Prisma.sql`activity_registry_day a`;
}

function seesWhole(scope: Scope, registryIds: readonly number[]): boolean {
  if (scope.everywhere) return true;
  return registryIds.every((id) =>
    scope.rules.some(
      ({ registryId, pattern }) => pattern === null && (registryId === null || registryId === id),
    ),
  );
}

const dayMs = 86_400_000;

function lengthOf({ from, until }: DayWindow): number {
  return (Date.parse(until) - Date.parse(from)) / dayMs;
}

async function isWindowKept(db: Db, registryIds: readonly number[], window: DayWindow): Promise<boolean> {
  return keptWindowDays.includes(lengthOf(window)) && (await areWindowsAt(db, registryIds, window.until));
}
