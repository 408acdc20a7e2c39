import type { HashedRow } from "#lib/audit/rules-chain";
import type { Db, Tx } from "#lib/db/client";

export interface ChainLink {
  seq: bigint;
  event_id: bigint;
  hash: Uint8Array;
  /** Null when the audit row is gone. */
  row: HashedRow | null;
}

export interface ChainHead {
  seq: bigint;
  hash: Uint8Array;
}

/** Null when somebody took it away. */
export async function findChainHead(db: Db | Tx): Promise<ChainHead | null> {
  return db.auditChainHead.findUnique({ where: { id: 1 }, select: { seq: true, hash: true } });
}

export async function findLinkHash(tx: Tx, seq: bigint): Promise<Uint8Array | null> {
  const link = await tx.auditLink.findUnique({ where: { seq }, select: { hash: true } });
  return link?.hash ?? null;
}

type LinkRow = { seq: bigint; event_id: bigint; hash: Uint8Array; found: boolean } & HashedRow;

/** Links after one, in their order, with the text of their rows as Postgres writes it. */
export async function listLinksAfter(tx: Tx, seq: bigint, take: number): Promise<ChainLink[]> {
  const rows = await tx.$queryRaw<LinkRow[]>`
    SELECT l.seq, l.event_id, l.hash, e.id IS NOT NULL AS found, e.id::text AS id,
      round(extract(epoch FROM e.at) * 1000)::bigint::text AS at, e.actor_kind, e.actor_id, e.actor, e.address,
      e.agent, e.action, e.target, e.registry_id::text AS registry_id, e.repository, e.outcome, e.request_id,
      e.before::text AS before, e.after::text AS after
    FROM audit_link l LEFT JOIN audit_event e ON e.id = l.event_id
    WHERE l.seq > ${seq} ORDER BY l.seq LIMIT ${take}`;
  return rows.map((row) => ({
    seq: row.seq,
    event_id: row.event_id,
    hash: row.hash,
    row: row.found ? row : null,
  }));
}

/** The first audit row that no link names: it was put in past the trigger. */
export async function findUnlinkedEvent(tx: Tx): Promise<bigint | null> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT e.id FROM audit_event e
    WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.event_id = e.id) ORDER BY e.id LIMIT 1`;
  return row?.id ?? null;
}
