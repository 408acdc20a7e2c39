import type { Db, Tx } from "#lib/db/client";
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

/** What became of one delivery: the rest of it was known. */
export interface KeptDelivery {
  /** Its place among those that were given. */
  place: number;
  inserted: number;
  grown: number;
}

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
  const signals = deliveries.flatMap((delivery, place) =>
    delivery.signals.map((signal) => ({
      row: writeRow(signal, place),
      raw: signal.raw.replaceAll("\n", " "),
    })),
  );
  const rows = `[${signals.map(({ row }) => row).join()}]`;
  // What was told word for word is JSON already and the longest part by far: a line each, and not JSON in JSON.
  const raws = signals.map(({ raw }) => raw).join("\n");
  return db.$queryRaw<KeptDelivery[]>`
    SELECT place, inserted, grown FROM keep_deliveries(${JSON.stringify(told)}::json, ${rows}::json, ${raws})`;
}

/** A signal as JSON, without what most do not tell. */
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
