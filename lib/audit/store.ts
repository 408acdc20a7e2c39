import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface AuditRow {
  id: bigint;
  at: Date;
  actor_kind: string;
  actor: string;
  address: string | null;
  agent: string | null;
  action: string;
  target: string;
  registry: string | null;
  repository: string | null;
  outcome: string;
  request_id: string;
  before: unknown;
  after: unknown;
}

export interface AuditFilter {
  actor?: string;
  action?: string;
  target?: string;
  registry?: string;
  repository?: string;
  outcome?: string;
  from?: Date;
  to?: Date;
  q?: string;
}

// As audit_event_words_trgm_idx has it.
const words = Prisma.sql`(e.actor || ' ' || e.action || ' ' || e.target || ' ' || coalesce(e.repository, ''))`;

/** Rows after the position, newest first or oldest first, as far as the scope reaches. */
export async function listAuditRows(
  filter: AuditFilter,
  scope: Scope,
  page: { descending: boolean; after: { at: Date; id: bigint } | null; take: number },
): Promise<AuditRow[]> {
  const conditions = [scopeCondition(scope, "e.registry_id", "e.repository"), ...prepareConditions(filter)];
  const direction = page.descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const beyond = page.descending ? Prisma.sql`<` : Prisma.sql`>`;
  if (page.after) conditions.push(Prisma.sql`(e.at, e.id) ${beyond} (${page.after.at}, ${page.after.id})`);
  return db().$queryRaw<AuditRow[]>`
    SELECT e.id, e.at, e.actor_kind, e.actor, e.address, e.agent, e.action, e.target, r.slug AS registry,
      e.repository, e.outcome, e.request_id, e.before, e.after
    FROM audit_event e LEFT JOIN registry r ON r.id = e.registry_id
    WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY e.at ${direction}, e.id ${direction}
    LIMIT ${page.take}`;
}

function prepareConditions(filter: AuditFilter): Prisma.Sql[] {
  const conditions: Prisma.Sql[] = [];
  if (filter.actor !== undefined) conditions.push(Prisma.sql`e.actor = ${filter.actor}`);
  if (filter.action?.endsWith("."))
    conditions.push(Prisma.sql`e.action >= ${filter.action} AND starts_with(e.action, ${filter.action})`);
  else if (filter.action !== undefined) conditions.push(Prisma.sql`e.action = ${filter.action}`);
  if (filter.target !== undefined) {
    const part = containing(filter.target);
    conditions.push(Prisma.sql`${words} ILIKE ${part} AND e.target ILIKE ${part}`);
  }
  if (filter.q !== undefined) conditions.push(Prisma.sql`${words} ILIKE ${containing(filter.q)}`);
  if (filter.registry !== undefined)
    conditions.push(Prisma.sql`e.registry_id = (SELECT id FROM registry WHERE slug = ${filter.registry})`);
  if (filter.repository !== undefined) conditions.push(Prisma.sql`e.repository = ${filter.repository}`);
  if (filter.outcome !== undefined) conditions.push(Prisma.sql`e.outcome = ${filter.outcome}`);
  if (filter.from !== undefined) conditions.push(Prisma.sql`e.at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(Prisma.sql`e.at < ${filter.to}`);
  return conditions;
}

function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
