import type { TagMoveItem } from "#lib/inventory/schema";

export interface TagMoveRow {
  id: string;
  digest: string | null;
  previousDigest: string | null;
  /** Before the time: `pushed by payments-ci`, `seen`, `put back by Mira`. */
  lead: string;
  at: string;
  /** After the time, when there is something to say: `nobody saw the push`. */
  tail: string | null;
  atSeen: boolean;
  current: boolean;
  /** Why the tag cannot be put back to this digest now, or null when it can. */
  obstacle: string | null;
}

export interface TagMovesContext {
  /** Whether the caller may put tags back; null while that is not known. */
  mayPutBack: boolean | null;
  /** Since when the registry is disconnected, if it is. */
  disconnected: boolean;
  /** The grant to push that the caller lacks here, in a sentence. */
  missingGrant?: string | null;
}

/** Each move in words, newest first as it came, and whether the way back is open. */
export function prepareTagMoves(moves: readonly TagMoveItem[], context: TagMovesContext): TagMoveRow[] {
  // A tag that went back and forth stands on the digest of several moves; only the newest is where it is now.
  const newest = moves.find((move) => move.current)?.id;
  return moves.map((move) => ({
    id: move.id,
    digest: move.digest,
    previousDigest: move.previousDigest,
    ...wordsOf(move),
    at: move.at,
    atSeen: move.atSeen,
    current: move.id === newest,
    obstacle: obstacleOf(move, context),
  }));
}

/** The digest that the tag stood on before the one it stands on now: what a comparison begins with. */
export function findPreviousDigest(moves: readonly TagMoveItem[]): string | null {
  const current = moves.find((move) => move.current) ?? moves[0];
  if (!current) return null;
  const isOther = (digest: string | null): digest is string => digest !== null && digest !== current.digest;
  if (isOther(current.previousDigest)) return current.previousDigest;
  const later = moves.slice(moves.indexOf(current) + 1);
  return later.map((move) => move.digest).find(isOther) ?? null;
}

function wordsOf(move: TagMoveItem): { lead: string; tail: string | null } {
  const by = move.actor === null ? "" : ` by ${move.actor}`;
  const deleted = move.digest === null;
  if (move.source === "console") {
    return { lead: deleted ? `deleted in the console${by}` : `put back${by}`, tail: null };
  }
  if (move.atSeen) {
    const lead = deleted ? "found gone" : "seen";
    return { lead, tail: deleted ? "nobody saw the deletion" : "nobody saw the push" };
  }
  if (deleted) return { lead: `deleted${by}`, tail: null };
  return { lead: `pushed${by}`, tail: move.source === "crawl" ? "found by a crawl" : null };
}

function obstacleOf(move: TagMoveItem, context: TagMovesContext): string | null {
  if (move.digest === null) return "The tag was deleted here: there is nothing to put back.";
  if (move.current) return "The tag stands on this digest now.";
  if (!move.manifestExists)
    return "Its manifest is gone from the registry, so the tag cannot stand on it again.";
  if (context.disconnected) return "The registry is disconnected: nothing can be changed there.";
  if (context.mayPutBack === false)
    return "Your roles do not hold the permission tags.write here. An admin can give it to you.";
  return context.missingGrant ?? null;
}
