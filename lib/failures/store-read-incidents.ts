import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { FailureCause } from "#lib/failures/schema";
import type { IncidentState } from "#lib/failures/schema-incidents";

export interface IncidentRow {
  id: bigint;
  registry_id: number;
  registry: string;
  repository: string;
  reference: string | null;
  cause: FailureCause;
  state: IncidentState;
  ended_quietly: boolean;
  count: bigint;
  first_at: Date;
  last_at: Date;
  recovered_at: Date | null;
  subject_kind: "workload" | "principal" | "client";
  subject: string;
  principal: string | null;
  cluster: string | null;
  namespace: string | null;
  workload: string | null;
  addresses: string[];
  agents: string[];
  nodes: string[];
  sides: unknown;
  acknowledged_by: string | null;
  snoozed_until: Date | null;
}

export interface IncidentFilter {
  registry?: string;
  repository?: string;
  reference?: string;
  cause?: FailureCause;
  principal?: string;
  client?: string;
  cluster?: string;
  state?: IncidentState;
  q?: string;
}

/** What people said of it, and what became of it, as one word. */
export function stateOf(now: Date): Prisma.Sql {
  return Prisma.sql`CASE WHEN i.recovered_at IS NOT NULL THEN 'recovered'
    WHEN i.snoozed_until > ${now} THEN 'snoozed' WHEN i.acknowledged_at IS NOT NULL THEN 'acknowledged' ELSE 'open' END`;
}

/** Conditions on `incident i`, as far as the scope reaches. */
export function incidentConditions(filter: IncidentFilter, scope: Scope, now: Date): Prisma.Sql[] {
  const conditions = [scopeCondition(scope, "i.registry_id", "i.repository")];
  if (filter.registry !== undefined)
    conditions.push(Prisma.sql`i.registry_id = (SELECT id FROM registry WHERE slug = ${filter.registry})`);
  if (filter.repository !== undefined) conditions.push(Prisma.sql`i.repository = ${filter.repository}`);
  if (filter.reference !== undefined) conditions.push(Prisma.sql`i.reference = ${filter.reference}`);
  if (filter.cause !== undefined) conditions.push(Prisma.sql`i.cause = ${filter.cause}`);
  if (filter.principal !== undefined) conditions.push(Prisma.sql`i.principal = ${filter.principal}`);
  if (filter.client !== undefined)
    conditions.push(
      Prisma.sql`EXISTS (SELECT FROM unnest(i.agents) a WHERE ${clientOf(Prisma.sql`a`)} = lower(${filter.client}))`,
    );
  if (filter.cluster !== undefined) conditions.push(Prisma.sql`i.cluster = ${filter.cluster}`);
  if (filter.state !== undefined) {
    conditions.push(Prisma.sql`${stateOf(now)} = ${filter.state}`);
    if (filter.state === "open") conditions.push(Prisma.sql`i.recovered_at IS NULL AND NOT i.ended_quietly`);
  }
  if (filter.q !== undefined) {
    const part = `%${filter.q.replace(/[\\%_]/g, "\\$&")}%`;
    conditions.push(
      Prisma.sql`concat_ws(' ', i.repository || coalesce(':' || i.reference, ''), i.subject, i.principal, i.cluster,
        i.namespace, array_to_string(i.addresses, ' ')) ILIKE ${part}`,
    );
  }
  return conditions;
}

/** The program of a user agent without its version. */
export function clientOf(agent: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`lower(substring(${agent} FROM '^[^[:space:]/(]{1,100}'))`;
}

const columns = (
  now: Date,
) => Prisma.sql`i.id, i.registry_id, r.slug AS registry, i.repository, i.reference, i.cause,
  ${stateOf(now)} AS state, i.ended_quietly, i.count, i.first_at, i.last_at, i.recovered_at, i.subject_kind, i.subject,
  i.principal, i.cluster, i.namespace, i.workload, i.addresses, i.agents, i.nodes, i.sides, i.acknowledged_by,
  i.snoozed_until`;

const sortColumns = {
  lastAt: Prisma.sql`i.last_at`,
  firstAt: Prisma.sql`i.first_at`,
  count: Prisma.sql`i.count`,
};
export type IncidentSort = keyof typeof sortColumns;

export async function listIncidentRows(
  db: Db,
  filter: IncidentFilter & { from?: Date; to?: Date },
  scope: Scope,
  page: {
    field: IncidentSort;
    descending: boolean;
    after: { value: Date | number; id: bigint } | null;
    take: number;
  },
  now: Date,
): Promise<IncidentRow[]> {
  const conditions = incidentConditions(filter, scope, now);
  if (filter.from !== undefined) conditions.push(Prisma.sql`i.last_at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(Prisma.sql`i.first_at < ${filter.to}`);
  const column = sortColumns[page.field];
  const direction = page.descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const beyond = page.descending ? Prisma.sql`<` : Prisma.sql`>`;
  if (page.after) {
    const { value, id } = page.after;
    conditions.push(Prisma.sql`(${column}, i.id) ${beyond} (${value}, ${id})`);
  }
  return db.$queryRaw<IncidentRow[]>`
    SELECT ${columns(now)} FROM incident i JOIN registry r ON r.id = i.registry_id
    WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY ${column} ${direction}, i.id ${direction} LIMIT ${page.take}`;
}

export async function findIncidentRow(db: Db, id: bigint, now: Date): Promise<IncidentRow | null> {
  const rows = await db.$queryRaw<IncidentRow[]>`
    SELECT ${columns(now)} FROM incident i JOIN registry r ON r.id = i.registry_id WHERE i.id = ${id}`;
  return rows[0] ?? null;
}

/** No more than `limit` are counted. */
export async function countIncidentRows(
  db: Db,
  filter: IncidentFilter,
  scope: Scope,
  now: Date,
  limit: number,
): Promise<number> {
  const conditions = incidentConditions(filter, scope, now);
  const rows = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM incident i WHERE ${Prisma.join(conditions, " AND ")} LIMIT ${limit}) counted`;
  return rows[0]?.count ?? 0;
}

export async function listCommentRows(db: Db, incidentId: bigint) {
  return db.incidentComment.findMany({ where: { incidentId }, orderBy: { id: "asc" }, take: 500 });
}

/** When any incident was last written: what a page that is open waits for. */
export async function findLastChange(db: Db): Promise<string> {
  const rows = await db.$queryRaw<{ at: string | null }[]>`
    SELECT max(updated_at)::text || ' ' || (SELECT coalesce(sum(hashtext(id || ' ' || updated_at)), 0) FROM incident
      WHERE updated_at > now() - interval '5 minutes') AS at FROM incident`;
  return rows[0]?.at ?? "";
}
