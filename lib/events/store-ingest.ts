import type { Db, Tx } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import type { KnownSource } from "#lib/events/known-source";
import type { SourceKind } from "#lib/events/schema";
import type { RegistrySignal } from "#lib/events/signal";

/** The source that a secret belongs to, if it is of this kind and its registry is connected. */
export async function findSourceBySecret(
  db: Db,
  kind: SourceKind,
  secretHash: string,
): Promise<KnownSource | null> {
  const rows = await db.$queryRaw<KnownSource[]>`
    SELECT s.id, s.registry_id AS "registryId", s.kind, s.cluster, r.url AS "registryUrl", ${secretHash}::text AS "secretHash"
    FROM event_source s JOIN registry r ON r.id = s.registry_id
    WHERE s.kind = ${kind} AND s.ended_at IS NULL AND r.disconnected_at IS NULL
      AND CASE WHEN s.kind = 'distribution' THEN r.ingest_secret_hash ELSE s.secret_hash END = ${secretHash}`;
  return rows[0] ?? null;
}

/** Nobody else keeps anything of these sources until the end of the transaction. */
export async function lockSources(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.$queryRaw`
    SELECT id FROM event_source WHERE id = ANY(${[...ids]}::int[]) ORDER BY id FOR NO KEY UPDATE`;
}

/** One delivery, as it waits to be kept. */
export interface Delivery {
  source: KnownSource;
  signals: readonly RegistrySignal[];
  receivedAt: Date;
  /** Something came back that we asked for ourselves. */
  canary: boolean;
  ignored: number;
  unreadable: number;
  /** The beginning of what could not be read. */
  sample: string | null;
}

const growKnown = Prisma.sql`
  UPDATE registry_event t SET count = i.k, last_at = greatest(t.last_at, i.l), message = coalesce(i.msg, t.message),
    cause = i.c, raw = i.raw::jsonb, applied_at = NULL
  FROM input i JOIN known k ON k.r = i.r AND k.s = i.s AND k.e = i.e
  WHERE t.registry_id = i.r AND t.source_id = i.s AND t.event_id = i.e AND t.at = k.at AND i.k > k.count AND t.count < i.k
  RETURNING t.registry_id, t.source_id, t.side, t.action, t.cause, t.at, i.k - k.count AS count`;
/** Most signals happened once: the update of every week's partition need not even be planned. */
const growNothing = Prisma.sql`
  SELECT registry_id, source_id, side, action, cause, at, count FROM added WHERE false`;

export interface KeptCounts {
  sourceId: number;
  inserted: number;
  grown: number;
  conflicting: number;
}

/**
 * Keeps the signals of several deliveries in one statement, which is one transaction: the rows, how many each hour
 * brought, what the sources say of themselves, and the job that takes them in. An identity that is known with the same
 * count is left as it is; with a higher count it grows. A source whose secret, or watch, has ended meanwhile is not in the
 * answer, and nothing of it is kept.
 */
export async function insertDeliveries(db: Db | Tx, deliveries: readonly Delivery[]): Promise<KeptCounts[]> {
  let order = 0;
  const rows = deliveries.flatMap(({ source, signals, receivedAt }) =>
    signals.map((signal) => ({
      r: source.registryId,
      s: source.id,
      e: signal.eventId,
      side: signal.side,
      a: signal.action,
      c: signal.cause,
      n: signal.repository,
      t: signal.tag,
      d: signal.digest,
      m: signal.mediaType,
      who: signal.actor,
      ip: signal.address,
      ua: signal.agent,
      cl: signal.cluster,
      ns: signal.namespace,
      w: signal.workload,
      nd: signal.node,
      msg: signal.message,
      k: signal.count,
      p: signal.provisional,
      at: signal.at,
      l: signal.lastAt,
      i: order++,
      rx: receivedAt,
      raw: signal.raw,
    })),
  );
  const conflicts = countConflicts(deliveries);
  const told = deliveries.map(({ source, signals, receivedAt, ignored, unreadable, canary, sample }) => ({
    s: source.id,
    r: source.registryId,
    h: source.secretHash,
    rx: receivedAt,
    n: signals.length,
    ig: ignored,
    u: unreadable,
    c: canary,
    cf: conflicts.get(source.id) ?? 0,
    x: sample,
    newest: signals.reduce<Date | null>(
      (newest, { lastAt }) => (newest === null || lastAt > newest ? lastAt : newest),
      null,
    ),
  }));
  return db.$queryRaw<KeptCounts[]>`
    WITH delivered AS MATERIALIZED (
      SELECT x.* FROM json_to_recordset(${JSON.stringify(told)}::json) AS x(s int, r int, h text, rx timestamptz, n int,
        ig int, u int, c boolean, cf int, x text, newest timestamptz)
      JOIN event_source s ON s.id = x.s JOIN registry g ON g.id = s.registry_id
      WHERE (x.h IS NULL AND s.kind <> 'kubernetes') OR (s.ended_at IS NULL AND g.disconnected_at IS NULL
        AND (x.h IS NULL OR CASE WHEN s.kind = 'distribution' THEN g.ingest_secret_hash ELSE s.secret_hash END = x.h))
    ), input AS MATERIALIZED (
      SELECT DISTINCT ON (x.r, x.s, x.e) x.* FROM json_to_recordset(${JSON.stringify(rows)}::json) AS x(r int, s int,
        e text, side text, a text, c text, n text, t text, d text, m text, who text, ip text, ua text, cl text, ns text,
        w text, nd text, msg text, k int, p boolean, at timestamptz, l timestamptz, i int, rx timestamptz, raw text)
      WHERE x.s IN (SELECT s FROM delivered)
      ORDER BY x.r, x.s, x.e, x.k DESC, x.i
    ), known AS (
      SELECT i.r, i.s, i.e, e.at, e.count, e.action IS DISTINCT FROM i.a OR e.repository IS DISTINCT FROM i.n
        OR e.tag IS DISTINCT FROM i.t OR e.digest IS DISTINCT FROM i.d OR e.actor IS DISTINCT FROM i.who
        OR (e.at <> i.at AND e.side NOT IN ('kubernetes', 'denial')) AS conflicts
      -- One look each into the weeks around it. The bounds are written so that they choose the weeks and no index: in a
      -- week without statistics the index of times looks as good as the identity, and is thousands of times slower.
      FROM input i CROSS JOIN LATERAL (SELECT * FROM registry_event e
        WHERE e.registry_id = i.r AND e.source_id = i.s AND e.event_id = i.e
          AND (e.at >= i.at - interval '8 days' OR e.at = '-infinity')
          AND (e.at <= i.at + interval '8 days' OR e.at = '-infinity') OFFSET 0) e
    ), added AS (
      INSERT INTO registry_event AS t (registry_id, source_id, event_id, side, action, cause, repository, tag, digest,
        media_type, actor, address, agent, cluster, namespace, workload, node, message, count, provisional, at, last_at,
        received_at, raw)
      SELECT i.r, i.s, i.e, i.side, i.a, i.c, i.n, i.t, i.d, i.m, i.who, i.ip, i.ua, i.cl, i.ns, i.w, i.nd, i.msg, i.k,
        i.p, i.at, i.l, i.rx, i.raw::jsonb
      FROM input i WHERE NOT EXISTS (SELECT FROM known k WHERE k.r = i.r AND k.s = i.s AND k.e = i.e)
      ORDER BY i.i
      ON CONFLICT DO NOTHING
      RETURNING t.registry_id, t.source_id, t.side, t.action, t.cause, t.at, t.count
    ), grown AS (
      ${deliveries.some(({ signals }) => signals.some(({ count }) => count > 1)) ? growKnown : growNothing}
    ), hours AS (
      INSERT INTO event_hour AS t (registry_id, hour, side, action, cause, count)
      SELECT registry_id, date_trunc('hour', at, 'UTC'), side, action, coalesce(cause, ''), sum(count)
      FROM (SELECT * FROM added UNION ALL SELECT * FROM grown) a GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
      ON CONFLICT (registry_id, hour, side, action, cause) DO UPDATE SET count = t.count + excluded.count
    ), told AS (
      SELECT x.s, x.r, max(x.rx) AS rx, sum(x.n)::int AS n, sum(x.ig)::int AS ig, sum(x.u)::int AS u, bool_or(x.c) AS c,
        max(x.cf) AS cf, max(x.newest) AS newest
      FROM delivered x GROUP BY 1, 2
    ), counts AS (
      SELECT t.s, t.r, (SELECT count(*) FROM added a WHERE a.source_id = t.s)::int AS inserted,
        (SELECT count(*) FROM grown g WHERE g.source_id = t.s)::int AS grown,
        t.cf + (SELECT count(*) FROM known k WHERE k.s = t.s AND k.conflicts)::int AS conflicting
      FROM told t
    ), sources AS (
      UPDATE event_source s SET last_delivery_at = greatest(s.last_delivery_at, t.rx),
        last_event_at = greatest(s.last_event_at, t.newest),
        canary_at = CASE WHEN t.c THEN greatest(s.canary_at, t.rx) ELSE s.canary_at END,
        accepted = s.accepted + c.inserted, ignored = s.ignored + t.ig, unreadable = s.unreadable + t.u,
        duplicate = s.duplicate + t.n - c.inserted - c.grown, conflicting = s.conflicting + c.conflicting,
        last_problem = CASE WHEN t.u > 0 THEN 'A delivery, or a part of one, could not be read.'
          WHEN c.conflicting > 0 THEN 'A known event came again with another content.' ELSE s.last_problem END,
        last_problem_at = CASE WHEN t.u + c.conflicting > 0 THEN t.rx ELSE s.last_problem_at END
      FROM told t JOIN counts c ON c.s = t.s WHERE s.id = t.s
        AND (t.u + t.ig + c.conflicting + t.n > 0 OR s.last_delivery_at IS NULL OR s.last_delivery_at < t.rx - interval '1 second')
    ), minutes AS (
      INSERT INTO event_source_hour AS h (source_id, hour, minutes)
      SELECT t.s, date_trunc('hour', t.rx, 'UTC'), 1::bigint << extract(minute FROM t.rx)::int FROM told t ORDER BY t.s
      ON CONFLICT (source_id, hour) DO UPDATE SET minutes = h.minutes | excluded.minutes
        WHERE h.minutes | excluded.minutes <> h.minutes
    ), samples AS (
      INSERT INTO event_unreadable (source_id, received_at, sample)
      SELECT x.s, x.rx, x.x FROM delivered x WHERE x.x IS NOT NULL
    ), registries AS (
      UPDATE registry g SET last_event_at = greatest(g.last_event_at, t.rx), unreadable_events = g.unreadable_events + t.u,
        conflicting_events = g.conflicting_events + c.conflicting
      FROM told t JOIN counts c ON c.s = t.s JOIN event_source s ON s.id = t.s AND s.kind = 'distribution'
      WHERE g.id = t.r AND (g.last_event_at IS NULL OR g.last_event_at < t.rx - interval '1 second' OR t.u + c.conflicting > 0)
    )
    SELECT c.s AS "sourceId", c.inserted, c.grown, c.conflicting,
      CASE WHEN c.inserted + c.grown > 0 THEN (SELECT j.id FROM graphile_worker.add_job('events.apply',
        payload => json_build_object('registryId', c.r), queue_name => 'events:' || c.r, job_key => 'events:' || c.r) j)
      END IS NULL AS idle
    FROM counts c ORDER BY c.s`;
}

/** By source, how many came with an identity that another one of the same statement has, and say something else. */
function countConflicts(deliveries: readonly Delivery[]): Map<number, number> {
  const first = new Map<string, RegistrySignal>();
  const conflicts = new Map<number, number>();
  for (const { source, signals } of deliveries)
    for (const signal of signals) {
      const key = `${source.id} ${signal.eventId}`;
      const known = first.get(key);
      if (known === undefined) first.set(key, signal);
      else if (!saysTheSame(known, signal)) conflicts.set(source.id, (conflicts.get(source.id) ?? 0) + 1);
    }
  return conflicts;
}

function saysTheSame(one: RegistrySignal, other: RegistrySignal): boolean {
  return (["action", "repository", "tag", "digest", "actor"] as const).every(
    (field) => one[field] === other[field],
  );
}
