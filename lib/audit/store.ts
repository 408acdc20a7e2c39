import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db, type Tx } from "#lib/db/client";
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
  address?: string;
  agent?: string;
  requestId?: string;
  from?: Date;
  to?: Date;
  q?: string;
}

// As audit_event_words_trgm_idx has it.
const words = Prisma.sql`(e.actor || ' ' || e.action || ' ' || e.target || ' ' || coalesce(e.repository, ''))`;

export interface AuditPosition {
  at: Date;
  id: bigint;
}

/**
 * Rows after the position, newest first or oldest first, as far as the scope reaches. `through` leaves out what was
 * linked after that link, so that page after page is of one moment however long a reader takes.
 */
export async function listAuditRows(
  filter: AuditFilter,
  scope: Scope,
  page: { descending: boolean; after: AuditPosition | null; take: number; through?: bigint },
): Promise<AuditRow[]> {
  const conditions = [scopeCondition(scope, "e.registry_id", "e.repository"), ...prepareConditions(filter)];
  const direction = page.descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const beyond = page.descending ? Prisma.sql`<` : Prisma.sql`>`;
  if (page.after) conditions.push(Prisma.sql`(e.at, e.id) ${beyond} (${page.after.at}, ${page.after.id})`);
  // A row that is in no link was put in past the console: an export must show it too.
  const links =
    page.through === undefined ? Prisma.empty : Prisma.sql`LEFT JOIN audit_link l ON l.event_id = e.id`;
  if (page.through !== undefined) conditions.push(Prisma.sql`(l.seq IS NULL OR l.seq <= ${page.through})`);
  return db().$queryRaw<AuditRow[]>`
    SELECT e.id, e.at, e.actor_kind, e.actor, e.address, e.agent, e.action, e.target, r.slug AS registry,
      e.repository, e.outcome, e.request_id, e.before, e.after
    FROM audit_event e LEFT JOIN registry r ON r.id = e.registry_id ${links}
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
  if (filter.address !== undefined) conditions.push(Prisma.sql`e.address = ${filter.address}`);
  if (filter.agent !== undefined) conditions.push(Prisma.sql`e.agent ILIKE ${containing(filter.agent)}`);
  if (filter.requestId !== undefined) conditions.push(Prisma.sql`e.request_id = ${filter.requestId}`);
  if (filter.from !== undefined) conditions.push(Prisma.sql`e.at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(Prisma.sql`e.at < ${filter.to}`);
  return conditions;
}

function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/** Whether these have been recorded as readers of the audit since then. Those who ask at the same time wait in turn. */
export async function hasReadSince(
  tx: Tx,
  reader: { kind: string; id: string; name: string },
  since: Date,
): Promise<boolean> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`audit.read ${reader.kind} ${reader.id}`}, 0))`;
  const [row] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM audit_event e
    WHERE e.actor = ${reader.name} AND e.at > ${since} AND e.action = 'audit.read'
      AND e.actor_kind = ${reader.kind} AND e.actor_id = ${reader.id} LIMIT 1`;
  return row !== undefined;
}
