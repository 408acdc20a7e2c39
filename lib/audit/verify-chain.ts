import type { Checkpoint } from "#lib/audit/checkpoint";
import { chainStart, hashLink } from "#lib/audit/rules-chain";
import {
  type ChainLink,
  findChainHead,
  findLinkHash,
  findUnlinkedEvent,
  listLinksAfter,
} from "#lib/audit/store-chain";
import type { Db, Tx } from "#lib/db/client";

export interface ChainProblem {
  kind: "changed" | "missing-row" | "missing-link" | "unlinked-row" | "head" | "checkpoint";
  /** Of the first link that is wrong; null where none is. */
  seq: bigint | null;
  /** Of the audit row. */
  eventId: bigint | null;
  /** A sentence. */
  text: string;
}

/** A link that was verified before, with all before it. */
export interface VerifiedLink {
  seq: bigint;
  hash: Uint8Array;
}

export interface ChainVerification {
  /** Links that agree, from the first on. */
  length: bigint;
  /** Of the last of them. */
  hash: Uint8Array;
  /** Checkpoints that were compared and agree. */
  checkpoints: number;
  problem: ChainProblem | null;
}

const pageSize = 5_000;
// Ten million rows take minutes.
const longestMs = 3_600_000;

export interface WalkOptions {
  /** Begins behind this link. Rows that are in no link are looked for only from the first link on. */
  from?: VerifiedLink;
  signal?: AbortSignal;
}

/**
 * Walks over the chain as of one moment and compares each link with its row, and the links that checkpoints name
 * with what these say. Stops at the first that does not agree. Memory does not grow with the chain.
 */
export async function verifyChain(
  db: Db,
  checkpoints: readonly Checkpoint[] = [],
  options: WalkOptions = {},
): Promise<ChainVerification> {
  return db.$transaction((tx) => walkChain(tx, checkpoints, options), {
    isolationLevel: "RepeatableRead",
    timeout: longestMs,
    maxWait: 10_000,
  });
}

/** The same in a transaction of the caller. */
export async function walkChain(
  tx: Tx,
  checkpoints: readonly Checkpoint[],
  { from, signal }: WalkOptions = {},
): Promise<ChainVerification> {
  const stated = new Map<bigint, Checkpoint[]>();
  for (const each of checkpoints) stated.set(each.seq, [...(stated.get(each.seq) ?? []), each]);
  let seq = from?.seq ?? 0n;
  let hash: Uint8Array = from?.hash ?? chainStart;
  let compared = 0;
  const end = (problem: ChainProblem | null) => ({ length: seq, hash, checkpoints: compared, problem });
  if (from !== undefined && from.seq > 0n) {
    const link = await findLinkHash(tx, from.seq);
    if (link === null || Buffer.compare(link, from.hash) !== 0) return end(isNotAsVerified(from.seq));
  }
  for (;;) {
    signal?.throwIfAborted();
    const links = await listLinksAfter(tx, seq, pageSize);
    for (const link of links) {
      const problem = judgeLink(link, seq + 1n, hash);
      if (problem) return end(problem);
      for (const checkpoint of stated.get(link.seq) ?? []) {
        if (checkpoint.hash !== Buffer.from(link.hash).toString("hex")) return end(disagrees(checkpoint));
        compared += 1;
      }
      seq = link.seq;
      hash = link.hash;
    }
    if (links.length < pageSize) break;
  }
  const beyond = checkpoints.find((checkpoint) => checkpoint.seq > seq);
  if (beyond) return end(isBeyond(beyond, seq));
  const head = await findChainHead(tx);
  if (head === null || head.seq !== seq || Buffer.compare(head.hash, hash) !== 0)
    return end({
      kind: "head",
      seq,
      eventId: null,
      text: `The head of the chain is not its last link, ${seq}.`,
    });
  if (from !== undefined) return end(null);
  const unlinked = await findUnlinkedEvent(tx);
  if (unlinked !== null)
    return end({
      kind: "unlinked-row",
      seq: null,
      eventId: unlinked,
      text: `The audit row ${unlinked} is in no link: it was put in past the console.`,
    });
  return end(null);
}

function judgeLink(link: ChainLink, expected: bigint, previous: Uint8Array): ChainProblem | null {
  if (link.seq !== expected)
    return {
      kind: "missing-link",
      seq: expected,
      eventId: null,
      text: `Link ${expected} is missing: the next that is there is ${link.seq}.`,
    };
  if (link.row === null)
    return {
      kind: "missing-row",
      seq: link.seq,
      eventId: link.event_id,
      text: `The audit row ${link.event_id} of link ${link.seq} is missing.`,
    };
  if (Buffer.compare(hashLink(previous, link.row), link.hash) !== 0)
    return {
      kind: "changed",
      seq: link.seq,
      eventId: link.event_id,
      text: `The audit row ${link.event_id} does not fit its link ${link.seq}: one of them was changed.`,
    };
  return null;
}

function isNotAsVerified(seq: bigint): ChainProblem {
  return {
    kind: "changed",
    seq,
    eventId: null,
    text: `Link ${seq} is not the one that was checked before: the chain was written anew, or its end taken away.`,
  };
}

function disagrees({ seq, at }: Checkpoint): ChainProblem {
  return {
    kind: "checkpoint",
    seq,
    eventId: null,
    text: `The checkpoint of ${at.toISOString()} says another hash for link ${seq}: the chain was written anew, at or before it.`,
  };
}

function isBeyond({ seq, at }: Checkpoint, last: bigint): ChainProblem {
  return {
    kind: "checkpoint",
    seq,
    eventId: null,
    text: `The checkpoint of ${at.toISOString()} knows link ${seq}, but the chain ends at ${last}: its end was taken away.`,
  };
}
