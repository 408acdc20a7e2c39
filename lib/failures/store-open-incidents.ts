import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import type { Db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { OpenCause } from "#lib/failures/open-incident";
import type { FailureCause } from "#lib/failures/schema";

export interface OpenIncidentRow {
  registry: string;
  repository: string;
  reference: string | null;
  family: string;
  cause: FailureCause;
  subject_kind: "workload" | "principal" | "client";
  subject: string;
  principal: string | null;
  namespace: string | null;
  workload: string | null;
  addresses: string[];
  agents: string[];
  nodes: string[];
  first_at: Date;
  last_at: Date;
}

const most = 2000;
const isOpen = Prisma.sql`i.recovered_at IS NULL AND NOT i.ended_quietly AND r.disconnected_at IS NULL`;

export async function listOpenIncidentRows(db: Db, scope: Scope): Promise<OpenIncidentRow[]> {
  return db.$queryRaw<OpenIncidentRow[]>`
    SELECT r.slug AS registry, i.repository, i.reference, i.family, i.cause, i.subject_kind, i.subject, i.principal,
      i.namespace, i.workload, i.addresses, i.agents, i.nodes, i.first_at, i.last_at
    FROM incident i JOIN registry r ON r.id = i.registry_id
    WHERE ${isOpen} AND ${scopeCondition(scope, "i.registry_id", "i.repository")}
    ORDER BY i.last_at DESC, i.id DESC LIMIT ${most}`;
}

export async function listOpenCauseRows(
  db: Db,
  registryId: number | null,
  since: Date,
): Promise<OpenCause[]> {
  return db.$queryRaw<OpenCause[]>`
    WITH open AS (
      SELECT i.registry_id, r.slug AS registry, i.cause, count(*)::int AS incidents, min(i.first_at) AS "firstAt",
        max(i.last_at) AS "lastAt"
      FROM incident i JOIN registry r ON r.id = i.registry_id
      WHERE ${isOpen} AND (${registryId}::int IS NULL OR i.registry_id = ${registryId})
      GROUP BY i.registry_id, r.slug, i.cause
    )
    SELECT o.registry, o.cause, o.incidents, o."firstAt", o."lastAt", (SELECT min(h.hour) FROM failure_hour h
      WHERE h.registry_id = o.registry_id AND h.cause = o.cause AND h.hour >= ${since} AND h.count > 0) AS "firstHour"
    FROM open o ORDER BY o.registry, o.cause`;
}

export interface FailingRepository {
  registryId: number;
  repository: string;
  /** Of all its failures since then, from their begin on. */
  count: number;
}

export async function listFailingRepositories(
  db: Db,
  scope: Scope,
  since: Date,
): Promise<FailingRepository[]> {
  return db.$queryRaw<FailingRepository[]>`
    SELECT i.registry_id AS "registryId", i.repository, sum(i.count)::float8 AS count
    FROM incident i JOIN registry r ON r.id = i.registry_id
    WHERE i.last_at >= ${since} AND r.disconnected_at IS NULL
      AND ${scopeCondition(scope, "i.registry_id", "i.repository")}
    GROUP BY 1, 2`;
}
