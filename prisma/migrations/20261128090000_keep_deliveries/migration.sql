-- What ingest does for each delivery, as functions: a session plans them once. To plan the statement took longer than to
-- run it, and a registry sends its events one at a time.

-- Events with these identities, at most eight days from these times. In a week without statistics the planner expects one row whatever is
-- asked, so that any index that begins with the registry looks as good as the key, is read from end to end, and stays in
-- the plan. Only the key gives this order without a sort, and sorts are off.
CREATE FUNCTION "find_known_events"(rs int[], ss int[], es text[], ats timestamptz[])
RETURNS TABLE (r int, s int, e text, at timestamptz, count int, side text, action text, repository text, tag text, digest text, actor text)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_incremental_sort = off SET enable_seqscan = off
SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
  near CONSTANT interval := interval '8 days';
  -- Known before the plan runs, so that it opens no other weeks.
  from_at CONSTANT timestamptz := (SELECT min(a) FROM unnest(ats) a) - near;
  to_at CONSTANT timestamptz := (SELECT max(a) FROM unnest(ats) a) + near;
BEGIN
  RETURN QUERY
    SELECT i.r, i.s, i.e, k.at, k.count, k.side, k.action, k.repository, k.tag, k.digest, k.actor
    FROM unnest(rs, ss, es, ats) AS i(r, s, e, at)
    CROSS JOIN LATERAL (SELECT * FROM registry_event x
      WHERE x.registry_id = i.r AND x.source_id = i.s AND x.event_id >= i.e AND x.event_id <= i.e
        AND x.at >= from_at AND x.at <= to_at
        AND x.at >= i.at - near AND x.at <= i.at + near
      ORDER BY x.event_id, x.at OFFSET 0) k;
END $$;

-- Raises the counts of known events that were told with higher ones; returns by how much each grew.
CREATE FUNCTION "grow_known_events"(rs int[], ss int[], es text[], ats timestamptz[], ks int[], counts int[],
  lasts timestamptz[], messages text[], causes text[], raws text[])
RETURNS TABLE (r int, s int, e text, side text, action text, cause text, at timestamptz, grown int)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    UPDATE registry_event t SET count = i.k, last_at = greatest(t.last_at, i.l), message = coalesce(i.msg, t.message),
      cause = i.c, raw = i.raw::jsonb, applied_at = NULL
    FROM unnest(rs, ss, es, ats, ks, counts, lasts, messages, causes, raws) AS i(r, s, e, at, k, known, l, msg, c, raw)
    WHERE t.registry_id = i.r AND t.source_id = i.s AND t.event_id = i.e AND t.at = i.at AND t.count < i.k
    RETURNING t.registry_id, t.source_id, t.event_id, t.side, t.action, t.cause, t.at, i.k - i.known;
END $$;

-- Keeps the signals of several deliveries: the rows, how many each hour brought, what the sources say of themselves, and
-- the job that takes them in. The arguments are made, and explained, in lib/events/store-ingest.ts.
CREATE FUNCTION "keep_deliveries"(told_json json, rows_json json, raws text)
RETURNS TABLE (place int, inserted int, grown int) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    WITH delivered AS MATERIALIZED (
      SELECT x.* FROM json_to_recordset(told_json) AS x(j int, s int, r int, h text, rx timestamptz,
        n int, ig int, u int, c boolean, cf int, x text, newest timestamptz)
      JOIN event_source s ON s.id = x.s JOIN registry g ON g.id = s.registry_id
      WHERE (x.h IS NULL AND s.kind <> 'kubernetes') OR (s.ended_at IS NULL AND g.disconnected_at IS NULL
        AND (x.h IS NULL OR CASE WHEN s.kind = 'distribution' THEN g.ingest_secret_hash ELSE s.secret_hash END = x.h))
    ), input AS MATERIALIZED (
      SELECT DISTINCT ON (d.r, d.s, x.e) d.r, d.s, d.rx, x.j, x.i, x.e, x.side, x.a, x.c, x.n, x.t, x.d, x.m, x.who, x.ip,
        x.ua, x.cl, x.ns, x.w, x.nd, x.msg, coalesce(x.k, 1) AS k, coalesce(x.p, false) AS p, x.at,
        coalesce(x.l, x.at) AS l, x.raw
      FROM ROWS FROM (json_to_recordset(rows_json) AS (j int, e text, side text, a text, c text, n text, t text,
          d text, m text, who text, ip text, ua text, cl text, ns text, w text, nd text, msg text, k int, p boolean,
          at timestamptz, l timestamptz), string_to_table(raws, E'\n')) WITH ORDINALITY
        AS x(j, e, side, a, c, n, t, d, m, who, ip, ua, cl, ns, w, nd, msg, k, p, at, l, raw, i)
      JOIN delivered d ON d.j = x.j
      ORDER BY d.r, d.s, x.e, k DESC, x.i
    ), known AS (
      SELECT k.r, k.s, k.e, k.at, k.count, k.action IS DISTINCT FROM i.a OR k.repository IS DISTINCT FROM i.n
        OR k.tag IS DISTINCT FROM i.t OR k.digest IS DISTINCT FROM i.d OR k.actor IS DISTINCT FROM i.who
        OR (k.at <> i.at AND k.side NOT IN ('kubernetes', 'denial')) AS conflicts
      FROM (SELECT array_agg(r) AS r, array_agg(s) AS s, array_agg(e) AS e, array_agg(at) AS at FROM input) a
      CROSS JOIN find_known_events(a.r, a.s, a.e, a.at) k
      JOIN input i ON i.r = k.r AND i.s = k.s AND i.e = k.e
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
      SELECT g.r AS registry_id, g.s AS source_id, g.e AS event_id, g.side, g.action, g.cause, g.at, g.grown AS count
      FROM (SELECT array_agg(i.r) AS r, array_agg(i.s) AS s, array_agg(i.e) AS e, array_agg(k.at) AS at, array_agg(i.k) AS k,
          array_agg(k.count) AS count, array_agg(i.l) AS l, array_agg(i.msg) AS msg, array_agg(i.c) AS c, array_agg(i.raw) AS raw
        FROM input i JOIN known k ON k.r = i.r AND k.s = i.s AND k.e = i.e WHERE i.k > k.count HAVING count(*) > 0) a
      CROSS JOIN grow_known_events(a.r, a.s, a.e, a.at, a.k, a.count, a.l, a.msg, a.c, a.raw) g
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
    SELECT j AS place, inserted, grown FROM kept WHERE (SELECT count(*) FROM jobs) >= 0;
END $$;
