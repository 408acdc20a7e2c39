import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";

export interface DenialRow {
  foldKey: string;
  registryId: number | null;
  principalId: string | null;
  account: string | null;
  type: string | null;
  repository: string | null;
  actions: string[];
  address: string | null;
  agent: string | null;
  reason: string;
  detail: string;
  count: number;
  firstMs: number;
  lastMs: number;
}

/** What stands in the row of the hour after a write. */
export interface DenialTotal {
  foldKey: string;
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** Adds to the rows of the hour. A registry that is gone meanwhile takes its refusals along. */
export async function writeDenials(tx: Tx, rows: DenialRow[]): Promise<DenialTotal[]> {
  const input = JSON.stringify(rows);
  return tx.$queryRaw<DenialTotal[]>`
      INSERT INTO token_denial AS known (fold_key, registry_id, principal_id, account, type, repository, actions,
        address, agent, reason, detail, count, first_at, last_at)
      SELECT x."foldKey", x."registryId", x."principalId", x.account, x.type, x.repository,
        ARRAY(SELECT json_array_elements_text(x.actions)), x.address, x.agent, x.reason, x.detail, x.count,
        to_timestamp(x."firstMs" / 1000), to_timestamp(x."lastMs" / 1000)
      FROM json_to_recordset(${input}::json) AS x("foldKey" text, "registryId" int, "principalId" uuid, account text,
        type text, repository text, actions json, address text, agent text, reason text, detail text, count bigint,
        "firstMs" float8, "lastMs" float8)
      WHERE x."registryId" IS NULL OR EXISTS (SELECT FROM registry r WHERE r.id = x."registryId")
      ORDER BY x."foldKey"
      ON CONFLICT (fold_key) DO UPDATE SET count = known.count + excluded.count,
        first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)
      RETURNING fold_key AS "foldKey", count::int AS count, first_at AS "firstAt", last_at AS "lastAt"`;
}

export interface DenialFilter {
  registry?: string;
  repository?: string;
  principal?: string;
  reason?: string;
  q?: string;
}

export interface ShownDenialRow {
  id: bigint;
  registry: string | null;
  principal_id: string | null;
  principal_kind: string | null;
  principal_name: string | null;
  account: string | null;
  type: string | null;
  repository: string | null;
  actions: string[];
  address: string | null;
  agent: string | null;
  reason: string;
  detail: string;
  count: bigint;
  first_at: Date;
  last_at: Date;
}

/** The newest first, as far as the scope reaches. */
export async function listDenialRows(
  db: Db,
  filter: DenialFilter,
  scope: Scope,
  page: { after: { at: Date; id: bigint } | null; take: number },
): Promise<ShownDenialRow[]> {
  const conditions = [scopeCondition(scope, "d.registry_id", "d.repository"), ...prepareConditions(filter)];
  if (page.after) conditions.push(Prisma.sql`(d.last_at, d.id) < (${page.after.at}, ${page.after.id})`);
  return db.$queryRaw<ShownDenialRow[]>`
    SELECT d.id, r.slug AS registry, p.id::text AS principal_id, p.kind AS principal_kind,
      coalesce(u.login, p.name) AS principal_name, d.account, d.type, d.repository, d.actions, d.address, d.agent,
      d.reason, d.detail, d.count, d.first_at, d.last_at
    FROM token_denial d LEFT JOIN registry r ON r.id = d.registry_id
      LEFT JOIN access_principal p ON p.id = d.principal_id LEFT JOIN "user" u ON u.id = p.user_id
    WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY d.last_at DESC, d.id DESC
    LIMIT ${page.take}`;
}

function prepareConditions(filter: DenialFilter): Prisma.Sql[] {
  const conditions: Prisma.Sql[] = [];
  if (filter.registry !== undefined)
    conditions.push(Prisma.sql`d.registry_id = (SELECT id FROM registry WHERE slug = ${filter.registry})`);
  if (filter.repository !== undefined) conditions.push(Prisma.sql`d.repository = ${filter.repository}`);
  if (filter.principal !== undefined) conditions.push(Prisma.sql`d.principal_id = ${filter.principal}::uuid`);
  if (filter.reason !== undefined) conditions.push(Prisma.sql`d.reason = ${filter.reason}`);
  if (filter.q !== undefined) {
    const part = `%${filter.q.replace(/[\\%_]/g, "\\$&")}%`;
    conditions.push(
      Prisma.sql`concat_ws(' ', p.name, u.login, d.account, d.repository, d.address, d.agent) ILIKE ${part}`,
    );
  }
  return conditions;
}

/** Forgets what nobody looks at any more. */
export async function deleteOldDenials(db: Db, before: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM token_denial WHERE last_at < ${before}`;
}
