import type { Db, Tx } from "#lib/db/client";

export interface ToldAbout {
  repository: string;
  /** The earliest of what was told. */
  at: Date;
}

/** A wish that is there already keeps the earlier times. */
export async function insertRefolds(
  tx: Tx,
  registryId: number,
  { failed, pulled }: { failed: readonly ToldAbout[]; pulled: readonly ToldAbout[] },
): Promise<void> {
  const input = [
    ...failed.map(({ repository: n, at: a }) => ({ n, a, f: true })),
    ...pulled.map(({ repository: n, at: a }) => ({ n, a, f: false })),
  ];
  await tx.$executeRaw`
    INSERT INTO incident_refold AS t (registry_id, repository, due_at, from_at)
    SELECT ${registryId}, x.n, now(), min(x.a)
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS x(n text, a timestamptz, f boolean)
    WHERE x.f OR EXISTS (SELECT FROM incident i WHERE i.registry_id = ${registryId} AND i.repository = x.n
        AND i.last_at >= x.a - interval '2 days')
      OR EXISTS (SELECT FROM incident_refold r WHERE r.registry_id = ${registryId} AND r.repository = x.n)
    GROUP BY x.n ORDER BY x.n
    ON CONFLICT (registry_id, repository) DO UPDATE SET due_at = least(t.due_at, excluded.due_at),
      from_at = least(t.from_at, excluded.from_at)`;
}

export interface DueRefold {
  registryId: number;
  repository: string;
  fromAt: Date;
  /** What time it is: by the database, unless another one was given. */
  now: Date;
}

/** One repository that is due, locked for this transaction and taken off the list; others skip it meanwhile. */
export async function takeDueRefold(tx: Tx, now: Date | null): Promise<DueRefold | null> {
  const rows = await tx.$queryRaw<DueRefold[]>`
    DELETE FROM incident_refold WHERE (registry_id, repository) IN (
      SELECT registry_id, repository FROM incident_refold WHERE due_at <= coalesce(${now}, now())
      ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING registry_id AS "registryId", repository, from_at AS "fromAt", coalesce(${now}, now()) AS now`;
  return rows[0] ?? null;
}

/** To be looked at again at a later time, though nothing new is told. */
export async function insertLaterRefold(tx: Tx, refold: DueRefold, dueAt: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO incident_refold AS t (registry_id, repository, due_at, from_at)
    VALUES (${refold.registryId}, ${refold.repository}, ${dueAt}, ${refold.fromAt})
    ON CONFLICT (registry_id, repository) DO UPDATE SET due_at = least(t.due_at, excluded.due_at),
      from_at = least(t.from_at, excluded.from_at)`;
}

export async function hasDueRefolds(db: Db, now: Date): Promise<boolean> {
  const rows = await db.$queryRaw<{ due: boolean }[]>`
    SELECT EXISTS (SELECT FROM incident_refold WHERE due_at <= ${now}) AS due`;
  return rows[0]?.due ?? false;
}
