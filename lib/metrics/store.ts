import type { Db } from "#lib/db/client";
import type { IncidentFact, JobFacts, RegistryFact, SourceFact } from "#lib/metrics/facts";

/** Nobody has as many, and a scrape must stay small. */
const most = 500;

export async function listRegistryFacts(db: Db): Promise<RegistryFact[]> {
  return db.registry.findMany({
    where: { disconnectedAt: null },
    select: {
      slug: true,
      state: true,
      lastSyncedAt: true,
      disconnectedAt: true,
      repositoryCount: true,
      tagCount: true,
      sizeBytes: true,
    },
    orderBy: { slug: "asc" },
    take: most,
  });
}

export async function listSourceFacts(db: Db): Promise<SourceFact[]> {
  return db.$queryRaw<SourceFact[]>`
    SELECT s.id, r.slug AS registry, s.kind, s.name, s.created_at AS "createdAt",
      s.last_delivery_at AS "lastDeliveryAt", s.canary_at AS "canaryAt", s.accepted, s.duplicate, s.ignored,
      s.unreadable, s.conflicting,
      CASE WHEN s.kind = 'distribution' THEN r.ingest_secret_hash ELSE s.secret_hash END IS NOT NULL AS "secretSet"
    FROM event_source s JOIN registry r ON r.id = s.registry_id
    WHERE s.ended_at IS NULL AND r.disconnected_at IS NULL ORDER BY r.slug, s.id LIMIT ${most}`;
}

/** Open is what was heard of in the last day: the index on that time finds it. */
export async function listIncidentFacts(db: Db, now: Date, since: Date): Promise<IncidentFact[]> {
  return db.$queryRaw<IncidentFact[]>`
    SELECT r.slug AS registry, i.cause, count(*)::int AS count
    FROM incident i JOIN registry r ON r.id = i.registry_id
    WHERE i.last_at >= ${since} AND i.recovered_at IS NULL AND NOT i.ended_quietly AND i.acknowledged_at IS NULL
      AND (i.snoozed_until IS NULL OR i.snoozed_until <= ${now}) AND r.disconnected_at IS NULL
    GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ${most}`;
}

/** Counted no further than this: a queue that long is the news. */
const countedJobs = 20_000;

export async function getJobFacts(db: Db, now: Date, workersSince: Date): Promise<JobFacts> {
  const [row] = await db.$queryRaw<JobFacts[]>`
    SELECT count(*) FILTER (WHERE is_available AND run_at <= ${now})::int AS waiting,
      count(*) FILTER (WHERE is_available AND run_at > ${now})::int AS scheduled,
      count(*) FILTER (WHERE locked_at IS NOT NULL)::int AS running,
      count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts)::int AS failed,
      min(run_at) FILTER (WHERE is_available AND run_at <= ${now}) AS "oldestWaitingAt",
      (SELECT count(*) FROM worker_heartbeat WHERE seen_at >= ${workersSince})::int AS workers
    FROM (SELECT is_available, run_at, locked_at, attempts, max_attempts FROM graphile_worker._private_jobs
      LIMIT ${countedJobs}) j`;
  if (row === undefined) throw new Error("The count of jobs has no row.");
  return row;
}
