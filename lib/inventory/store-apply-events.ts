import type { Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { KnownMove, MovePlan, ToldDeletion } from "#lib/inventory/plan-tag-moves";
import type { TagKey } from "#lib/inventory/store-apply-tags";

export interface TagMoves extends TagKey {
  moves: KnownMove[];
}

/** The history of tags from a little before a time on, each with the row before that. */
export async function loadMoves(tx: Tx, keys: readonly (TagKey & { from: Date })[]): Promise<TagMoves[]> {
  if (keys.length === 0) return [];
  const input = keys.map(({ repositoryId: r, name: n, from: f }) => ({ r, n, f }));
  const rows = await tx.$queryRaw<
    {
      r: bigint;
      n: string;
      id: bigint;
      digest: string | null;
      at: Date;
      at_seen: boolean;
      event_id: string | null;
    }[]
  >`
    SELECT x.r, x.n, m.id, m.digest, m.at, m.at_seen, m.event_id
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS x(r bigint, n text, f timestamptz)
    JOIN tag_move m ON m.repository_id = x.r AND m.tag_name = x.n AND m.at >= coalesce(
      (SELECT p.at FROM tag_move p WHERE p.repository_id = x.r AND p.tag_name = x.n
        AND p.at < x.f - interval '1 minute' ORDER BY p.at DESC, p.id DESC LIMIT 1), '-infinity'::timestamptz)
    ORDER BY x.r, x.n, m.at, m.id`;
  const byKey = new Map<string, TagMoves>();
  for (const key of keys)
    byKey.set(`${key.repositoryId} ${key.name}`, {
      repositoryId: key.repositoryId,
      name: key.name,
      moves: [],
    });
  for (const row of rows)
    byKey.get(`${row.r} ${row.n}`)?.moves.push({
      id: Number(row.id),
      digest: row.digest,
      at: row.at,
      atSeen: row.at_seen,
      eventId: row.event_id,
    });
  return [...byKey.values()];
}

export interface DeletionRow extends ToldDeletion {
  repositoryId: number;
}

/** What registries said about deletions of these manifests, also long ago and out of order. */
export async function loadDeletions(
  tx: Tx,
  registryId: number,
  wanted: readonly { repositoryId: number; name: string; digest: string }[],
): Promise<DeletionRow[]> {
  if (wanted.length === 0) return [];
  const input = wanted.map(({ repositoryId: r, name: n, digest: d }) => ({ r, n, d }));
  const rows = await tx.$queryRaw<
    { r: bigint; digest: string; at: Date; event_id: string; actor: string | null }[]
  >`
    SELECT DISTINCT x.r, e.digest, least(e.at, e.received_at + interval '5 minutes') AS at, e.event_id, e.actor
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS x(r bigint, n text, d text)
    JOIN registry_event e ON e.registry_id = ${registryId} AND e.repository = x.n AND e.digest = x.d
    WHERE e.action = 'delete' AND e.digest IS NOT NULL AND e.tag IS NULL AND e.cause IS NULL`;
  return rows.map((row) => ({
    repositoryId: Number(row.r),
    digest: row.digest,
    at: row.at,
    eventId: row.event_id,
    actor: row.actor,
  }));
}

/** Tags that ever stood on one of these digests. */
export async function listTagsOfDigests(
  tx: Tx,
  wanted: readonly { repositoryId: number; digest: string }[],
): Promise<TagKey[]> {
  if (wanted.length === 0) return [];
  const input = wanted.map(({ repositoryId: r, digest: d }) => ({ r, d }));
  const rows = await tx.$queryRaw<{ r: bigint; n: string }[]>`
    SELECT DISTINCT x.r, m.tag_name AS n
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS x(r bigint, d text)
    JOIN tag_move m ON m.repository_id = x.r AND m.digest = x.d`;
  return rows.map((row) => ({ repositoryId: Number(row.r), name: row.n }));
}

export async function writeMovePlans(tx: Tx, plans: readonly (TagKey & { plan: MovePlan })[]): Promise<void> {
  const inserts = plans.flatMap(({ repositoryId: r, name: n, plan }) =>
    plan.insert.map(({ digest: d, at: a, actor: w, eventId: e }) => ({ r, n, d, a, w, e })),
  );
  const upgrades = plans.flatMap(({ plan }) =>
    plan.upgrade.map(({ id: i, told: { at: a, actor: w, eventId: e } }) => ({ i, a, w, e })),
  );
  const removes = plans.flatMap(({ plan }) => plan.remove);
  if (removes.length > 0) await tx.$executeRaw`DELETE FROM tag_move WHERE id = ANY(${removes}::bigint[])`;
  if (upgrades.length > 0)
    await tx.$executeRaw`
      UPDATE tag_move m SET at = x.a, at_seen = false, source = 'event', actor = x.w, event_id = x.e
      FROM json_to_recordset(${JSON.stringify(upgrades)}::json) AS x(i bigint, a timestamptz, w text, e text)
      WHERE m.id = x.i`;
  if (inserts.length > 0)
    await tx.$executeRaw`
      INSERT INTO tag_move (repository_id, tag_name, digest, at, at_seen, actor, source, event_id)
      SELECT x.r, x.n, x.d, x.a, false, x.w, 'event', x.e
      FROM json_to_recordset(${JSON.stringify(inserts)}::json)
        AS x(r bigint, n text, d text, a timestamptz, w text, e text)
      ON CONFLICT (repository_id, tag_name, event_id) DO NOTHING`;
}

export interface PushRow {
  repositoryId: number;
  digest: string;
  at: Date;
}

/** Writes push times; a manifest that was deleted before its push stands again. Returns the digests that are known. */
export async function recordManifestPushes(tx: Tx, pushes: readonly PushRow[]): Promise<Set<string>> {
  if (pushes.length === 0) return new Set();
  const input = JSON.stringify(pushes.map(({ repositoryId: r, digest: d, at: a }) => ({ r, d, a })));
  await tx.$executeRaw`
    UPDATE manifest m SET pushed_at = greatest(m.pushed_at, x.a),
      deleted_at = CASE WHEN m.deleted_at < x.a THEN NULL ELSE m.deleted_at END
    FROM (SELECT r, d, max(a) AS a FROM json_to_recordset(${input}::json) AS i(r bigint, d text, a timestamptz)
      GROUP BY 1, 2) x
    WHERE m.repository_id = x.r AND m.digest = x.d
      AND (m.pushed_at IS NULL OR m.pushed_at < x.a OR m.deleted_at < x.a)`;
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT DISTINCT x.r || ' ' || x.d AS key
    FROM json_to_recordset(${input}::json) AS x(r bigint, d text)
    JOIN manifest m ON m.repository_id = x.r AND m.digest = x.d AND m.deleted_at IS NULL`;
  return new Set(rows.map((row) => row.key));
}

export interface PullRow {
  repositoryId: number;
  digest: string | null;
  tag: string | null;
  at: Date;
}

/** Moves the times of the last pull forward, never back. */
export async function recordPulls(tx: Tx, pulls: readonly PullRow[]): Promise<void> {
  if (pulls.length === 0) return;
  const input = JSON.stringify(
    pulls.map(({ repositoryId: r, digest: d, tag: t, at: a }) => ({ r, d, t, a })),
  );
  const rows = Prisma.sql`json_to_recordset(${input}::json) AS i(r bigint, d text, t text, a timestamptz)`;
  await tx.$executeRaw`
    UPDATE repository p SET last_pulled_at = x.a
    FROM (SELECT r, max(a) AS a FROM ${rows} GROUP BY 1) x
    WHERE p.id = x.r AND (p.last_pulled_at IS NULL OR p.last_pulled_at < x.a)`;
  await tx.$executeRaw`
    UPDATE manifest m SET last_pulled_at = x.a
    FROM (SELECT r, d, max(a) AS a FROM ${rows} WHERE d IS NOT NULL GROUP BY 1, 2) x
    WHERE m.repository_id = x.r AND m.digest = x.d AND (m.last_pulled_at IS NULL OR m.last_pulled_at < x.a)`;
  await tx.$executeRaw`
    UPDATE tag t SET last_pulled_at = x.a
    FROM (SELECT r, t, max(a) AS a FROM ${rows} WHERE t IS NOT NULL GROUP BY 1, 2) x
    WHERE t.repository_id = x.r AND t.name = x.t AND (t.last_pulled_at IS NULL OR t.last_pulled_at < x.a)`;
}

export interface UseRow {
  repositoryId: number;
  action: "pull" | "push";
  at: Date;
}

/** Adds to what happened on each day. Every event comes here once: its transaction also marks it as taken in. */
export async function recordUse(tx: Tx, uses: readonly UseRow[]): Promise<void> {
  if (uses.length === 0) return;
  const days = new Map<string, { r: number; d: string; l: number; s: number }>();
  for (const { repositoryId: r, action, at } of uses) {
    const d = at.toISOString().slice(0, 10);
    const day = days.get(`${r} ${d}`) ?? { r, d, l: 0, s: 0 };
    if (action === "pull") day.l += 1;
    else day.s += 1;
    days.set(`${r} ${d}`, day);
  }
  // In one order, so that two writers never wait for each other in a circle.
  await tx.$executeRaw`
    INSERT INTO repository_day AS t (repository_id, day, pulls, pushes)
    SELECT x.r, x.d, x.l, x.s
    FROM json_to_recordset(${JSON.stringify([...days.values()])}::json) AS x(r bigint, d date, l int, s int)
    ORDER BY x.r, x.d
    ON CONFLICT (repository_id, day) DO UPDATE SET pulls = t.pulls + excluded.pulls, pushes = t.pushes + excluded.pushes`;
}
