import type { Db, Tx } from "#lib/db/client";

export interface ToldAbout {
  repository: string;
  /** The earliest of what was told. */
  at: Date;
  /** In which hours something was told. */
  hours: readonly Date[];
}

/** Adds a wish for each repository; several of one repository are taken together. */
export async function insertRefolds(
  tx: Tx,
  registryId: number,
  { failed, pulled }: { failed: readonly ToldAbout[]; pulled: readonly ToldAbout[] },
): Promise<void> {
  const input = [
    ...failed.map(({ repository: n, at: a, hours: h }) => ({ n, a, h, f: true })),
    ...pulled.map(({ repository: n, at: a, hours: h }) => ({ n, a, h, f: false })),
  ];
  await tx.$executeRaw`
    INSERT INTO incident_refold (registry_id, repository, due_at, from_at, hours)
    SELECT ${registryId}, x.n, now(), min(x.a), array_agg(DISTINCT h.hour)
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS x(n text, a timestamptz, h timestamptz[], f boolean)
    CROSS JOIN LATERAL unnest(x.h) AS h(hour)
    WHERE x.f OR EXISTS (SELECT FROM signal_cover c WHERE c.registry_id = ${registryId} AND c.repository = x.n)
      OR EXISTS (SELECT FROM incident_refold r WHERE r.registry_id = ${registryId} AND r.repository = x.n)
    GROUP BY x.n`;
}

export interface DueRefold {
  registryId: number;
  repository: string;
  fromAt: Date;
  hours: Date[];
  /** From when on all is to be read again; null where the hours are enough. */
  anewFrom: Date | null;
  /** What time it is: by the database, unless another one was given. */
  now: Date;
}

/**
 * All wishes for one repository of which one is due, taken off the list with this transaction. Those that come while it is
 * folded are wishes for the next time; the lock lets one folding of a repository run at a time, and who meets it goes on
 * to the next repository.
 */
export async function takeDueRefold(tx: Tx, now: Date | null): Promise<DueRefold | null> {
  const first = await lockDueRepository(tx, now);
  if (first === null) return null;
  const { registryId, repository } = first;
  const rows = await tx.$queryRaw<DueRefold[]>`
    WITH taken AS (
      DELETE FROM incident_refold WHERE id IN (SELECT id FROM incident_refold
        WHERE registry_id = ${registryId} AND repository = ${repository} FOR UPDATE SKIP LOCKED)
      RETURNING due_at, from_at, hours
    )
    SELECT ${registryId}::int AS "registryId", ${repository}::text AS repository,
      min(from_at) FILTER (WHERE due_at <= coalesce(${now}, now())) AS "fromAt",
      min(from_at) FILTER (WHERE due_at <= coalesce(${now}, now()) AND cardinality(hours) = 0) AS "anewFrom",
      coalesce((SELECT array_agg(DISTINCT h) FROM taken t, unnest(t.hours) h), '{}') AS hours,
      coalesce(${now}, now()) AS now
    FROM taken HAVING count(*) > 0`;
  return rows[0] ?? null;
}

interface Place {
  registryId: number;
  repository: string;
}

async function lockDueRepository(tx: Tx, now: Date | null): Promise<Place | null> {
  const busy: Place[] = [];
  for (;;) {
    const [found] = await tx.$queryRaw<Place[]>`
      SELECT registry_id AS "registryId", repository FROM incident_refold
      WHERE due_at <= coalesce(${now}, now()) AND NOT EXISTS (
        SELECT FROM unnest(${busy.map(({ registryId }) => registryId)}::int[],
          ${busy.map(({ repository }) => repository)}::text[]) AS b(registry_id, repository)
        WHERE b.registry_id = incident_refold.registry_id AND b.repository = incident_refold.repository)
      ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (found === undefined) return null;
    const [lock] = await tx.$queryRaw<{ isOurs: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${found.registryId}::int, hashtext(${found.repository})) AS "isOurs"`;
    if (lock?.isOurs) return found;
    busy.push(found);
  }
}

/** Puts off what is wished for a repository that could not be folded. */
export async function postponeRefolds(
  db: Db,
  { registryId, repository }: Pick<DueRefold, "registryId" | "repository">,
  seconds: number,
): Promise<void> {
  await db.$executeRaw`
    UPDATE incident_refold SET due_at = now() + make_interval(secs => ${seconds}::float8)
    WHERE registry_id = ${registryId} AND repository = ${repository}`;
}

/** To be looked at again at a later time, though nothing new is told. */
export async function insertLaterRefold(
  tx: Tx,
  refold: Pick<DueRefold, "registryId" | "repository" | "fromAt" | "hours">,
  dueAt: Date,
): Promise<void> {
  const { registryId, repository, fromAt, hours } = refold;
  await tx.incidentRefold.create({ data: { registryId, repository, dueAt, fromAt, hours } });
}
