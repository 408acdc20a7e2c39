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
  RETURNING t.registry_id, t.source_id, t.event_id, t.side, t.action, t.cause, t.at, i.k - k.count AS count`;
/** Most signals happened once: the update of every week's partition need not even be planned. */
const growNothing = Prisma.sql`
  SELECT registry_id, source_id, event_id, side, action, cause, at, count FROM added WHERE false`;

/** What became of one delivery: the rest of it was known. */
export interface KeptDelivery {
  /** Its place among those that were given. */
  place: number;
  inserted: number;
  grown: number;
}

/** Known events of an identity are looked for so far around the time that is told now. */
const nearMs = 8 * 86_400_000;

/**
 * Keeps the signals of several deliveries in one statement, which is one transaction: the rows, how many each hour
 * brought, what the sources say of themselves, and the job that takes them in. An identity that is known with the same
 * count is left as it is; with a higher count it grows. A delivery whose secret, or watch, has ended meanwhile is not in
 * the answer, and nothing of it is kept.
 */
export async function insertDeliveries(
  db: Db | Tx,
  deliveries: readonly Delivery[],
): Promise<KeptDelivery[]> {
  const conflicts = countConflicts(deliveries);
  const told = deliveries.map(
    ({ source, signals, receivedAt, ignored, unreadable, canary, sample }, place) => ({
      j: place,
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
    }),
  );
  const { rows, raws, from, to, grows } = writeRows(deliveries);
  return db.$queryRaw<KeptDelivery[]>`
    WITH delivered AS MATERIALIZED (
      SELECT x.* FROM json_to_recordset(${JSON.stringify(told)}::json) AS x(j int, s int, r int, h text, rx timestamptz,
        n int, ig int, u int, c boolean, cf int, x text, newest timestamptz)
      JOIN event_source s ON s.id = x.s JOIN registry g ON g.id = s.registry_id
      WHERE (x.h IS NULL AND s.kind <> 'kubernetes') OR (s.ended_at IS NULL AND g.disconnected_at IS NULL
        AND (x.h IS NULL OR CASE WHEN s.kind = 'distribution' THEN g.ingest_secret_hash ELSE s.secret_hash END = x.h))
    ), input AS MATERIALIZED (
      SELECT DISTINCT ON (d.r, d.s, x.e) d.r, d.s, d.rx, x.j, x.i, x.e, x.side, x.a, x.c, x.n, x.t, x.d, x.m, x.who, x.ip,
        x.ua, x.cl, x.ns, x.w, x.nd, x.msg, coalesce(x.k, 1) AS k, coalesce(x.p, false) AS p, x.at,
        coalesce(x.l, x.at) AS l, x.raw
      FROM ROWS FROM (json_to_recordset(${rows}::json) AS (j int, e text, side text, a text, c text, n text, t text,
          d text, m text, who text, ip text, ua text, cl text, ns text, w text, nd text, msg text, k int, p boolean,
          at timestamptz, l timestamptz), string_to_table(${raws}, E'\\n')) WITH ORDINALITY
        AS x(j, e, side, a, c, n, t, d, m, who, ip, ua, cl, ns, w, nd, msg, k, p, at, l, raw, i)
      JOIN delivered d ON d.j = x.j
      ORDER BY d.r, d.s, x.e, k DESC, x.i
    ), known AS (
      SELECT i.r, i.s, i.e, e.at, e.count, e.action IS DISTINCT FROM i.a OR e.repository IS DISTINCT FROM i.n
        OR e.tag IS DISTINCT FROM i.t OR e.digest IS DISTINCT FROM i.d OR e.actor IS DISTINCT FROM i.who
        OR (e.at <> i.at AND e.side NOT IN ('kubernetes', 'denial')) AS conflicts
      -- One look each into the weeks around all of them. The bounds are written so that they choose the weeks and no index:
      -- in a week without statistics the index of times looks as good as the identity, and is thousands of times slower.
      FROM input i CROSS JOIN LATERAL (SELECT * FROM registry_event e
        WHERE e.registry_id = i.r AND e.source_id = i.s AND e.event_id = i.e
          AND ((e.at >= ${from}::timestamptz AND e.at <= ${to}::timestamptz) OR e.at = '-infinity')
          AND e.at - i.at BETWEEN interval '-8 days' AND interval '8 days' OFFSET 0) e
    ), added AS (
      INSERT INTO registry_event AS t (registry_id, source_id, event_id, side, action, cause, repository, tag, digest,
        media_type, actor, address, agent, cluster, namespace, workload, node, message, count, provisional, at, last_at,
        received_at, raw)
      SELECT i.r, i.s, i.e, i.side, i.a, i.c, i.n, i.t, i.d, i.m, i.who, i.ip, i.ua, i.cl, i.ns, i.w, i.nd, i.msg, i.k,
        i.p, i.at, i.l, i.rx, i.raw::jsonb
      FROM input i WHERE NOT EXISTS (SELECT FROM known k WHERE k.r = i.r AND k.s = i.s AND k.e = i.e)
      ORDER BY i.i
      ON CONFLICT DO NOTHING
      RETURNING t.registry_id, t.source_id, t.event_id, t.side, t.action, t.cause, t.at, t.count
    ), grown AS (
      ${grows ? growKnown : growNothing}
    ), hours AS (
      INSERT INTO event_hour AS t (registry_id, hour, side, action, cause, count)
      SELECT registry_id, date_trunc('hour', at, 'UTC'), side, action, coalesce(cause, ''), sum(count)
      FROM (SELECT * FROM added UNION ALL SELECT * FROM grown) a GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
      ON CONFLICT (registry_id, hour, side, action, cause) DO UPDATE SET count = t.count + excluded.count
    ), kept AS (
      SELECT j, sum(inserted)::int AS inserted, sum(grown)::int AS grown FROM (
        SELECT i.j, 1 AS inserted, 0 AS grown FROM added a JOIN input i ON i.s = a.source_id AND i.e = a.event_id
        UNION ALL SELECT i.j, 0, 1 FROM grown g JOIN input i ON i.s = g.source_id AND i.e = g.event_id
        UNION ALL SELECT j, 0, 0 FROM delivered) k GROUP BY j
    ), told AS (
      SELECT x.s, x.r, max(x.rx) AS rx, sum(x.n)::int AS n, sum(x.ig)::int AS ig, sum(x.u)::int AS u, bool_or(x.c) AS c,
        max(x.newest) AS newest, (SELECT count(*) FROM added a WHERE a.source_id = x.s)::int AS inserted,
        (SELECT count(*) FROM grown g WHERE g.source_id = x.s)::int AS grown,
        max(x.cf) + (SELECT count(*) FROM known k WHERE k.s = x.s AND k.conflicts)::int AS conflicting
      FROM delivered x GROUP BY x.s, x.r ORDER BY x.s
    ), sources AS (
      UPDATE event_source s SET last_delivery_at = greatest(s.last_delivery_at, t.rx),
        last_event_at = greatest(s.last_event_at, t.newest),
        canary_at = CASE WHEN t.c THEN greatest(s.canary_at, t.rx) ELSE s.canary_at END,
        accepted = s.accepted + t.inserted, ignored = s.ignored + t.ig, unreadable = s.unreadable + t.u,
        duplicate = s.duplicate + t.n - t.inserted - t.grown, conflicting = s.conflicting + t.conflicting,
        last_problem = CASE WHEN t.u > 0 THEN 'A delivery, or a part of one, could not be read.'
          WHEN t.conflicting > 0 THEN 'A known event came again with another content.' ELSE s.last_problem END,
        last_problem_at = CASE WHEN t.u + t.conflicting > 0 THEN t.rx ELSE s.last_problem_at END
      FROM told t WHERE s.id = t.s AND (t.u + t.ig + t.conflicting + t.n > 0 OR s.last_delivery_at IS NULL
        OR s.last_delivery_at < t.rx - interval '1 second')
      RETURNING s.id
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
        conflicting_events = g.conflicting_events + t.conflicting
      FROM told t JOIN event_source s ON s.id = t.s AND s.kind = 'distribution'
      WHERE g.id = t.r AND (g.last_event_at IS NULL OR g.last_event_at < t.rx - interval '1 second' OR t.u + t.conflicting > 0)
    ), jobs AS (
      -- Sources are locked before the job, as everywhere.
      SELECT (SELECT j.id FROM graphile_worker.add_job('events.apply', payload => json_build_object('registryId', t.r),
        queue_name => 'events:' || t.r, job_key => 'events:' || t.r) j)
      FROM (SELECT r FROM told WHERE inserted + grown > 0 AND (SELECT count(*) FROM sources) > 0 GROUP BY r ORDER BY r) t
    )
    SELECT j AS place, inserted, grown FROM kept WHERE (SELECT count(*) FROM jobs) >= 0`;
}

/**
 * The signals as JSON without what most do not tell, and beside it a line for each of what was told word for word: that
 * is JSON already, and the longest part by far.
 */
function writeRows(deliveries: readonly Delivery[]) {
  const rows: string[] = [];
  const raws: string[] = [];
  let [first, last, grows] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false];
  deliveries.forEach(({ signals }, place) => {
    for (const signal of signals) {
      rows.push(writeRow(signal, place));
      raws.push(signal.raw.replaceAll("\n", " "));
      first = Math.min(first, signal.at.getTime());
      last = Math.max(last, signal.at.getTime());
      grows ||= signal.count > 1;
    }
  });
  const isEmpty = rows.length === 0;
  return {
    rows: `[${rows.join()}]`,
    raws: raws.join("\n"),
    from: new Date(isEmpty ? 0 : first - nearMs),
    to: new Date(isEmpty ? 0 : last + nearMs),
    grows,
  };
}

function writeRow(signal: RegistrySignal, place: number): string {
  return JSON.stringify({
    j: place,
    e: signal.eventId,
    side: signal.side,
    a: signal.action,
    c: signal.cause ?? undefined,
    n: signal.repository ?? undefined,
    t: signal.tag ?? undefined,
    d: signal.digest ?? undefined,
    m: signal.mediaType ?? undefined,
    who: signal.actor ?? undefined,
    ip: signal.address ?? undefined,
    ua: signal.agent ?? undefined,
    cl: signal.cluster ?? undefined,
    ns: signal.namespace ?? undefined,
    w: signal.workload ?? undefined,
    nd: signal.node ?? undefined,
    msg: signal.message ?? undefined,
    k: signal.count === 1 ? undefined : signal.count,
    p: signal.provisional || undefined,
    at: signal.at,
    l: signal.lastAt === signal.at ? undefined : signal.lastAt,
  });
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
