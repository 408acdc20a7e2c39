/** A row of a tag's history. */
export interface KnownMove {
  id: number;
  digest: string | null;
  at: Date;
  /** A crawl saw it: it happened at this time or before. */
  atSeen: boolean;
  eventId: string | null;
}

/** What a registry says happened to a tag: it was pushed, or deleted (null). */
export interface ToldMove {
  digest: string | null;
  at: Date;
  eventId: string;
  actor: string | null;
}

/** A manifest was deleted, and with it the tags that stood on it then. */
export interface ToldDeletion {
  digest: string;
  at: Date;
  eventId: string;
  actor: string | null;
}

export interface MovePlan {
  insert: ToldMove[];
  /** Rows of a crawl that turn out to be what an event tells: they become its rows. */
  upgrade: { id: number; told: ToldMove }[];
  remove: number[];
}

/** Clocks of registries may be ahead of ours by so much. */
const skewMs = 60_000;

interface Row {
  id: number | null;
  digest: string | null;
  at: number;
  atSeen: boolean;
  eventId: string | null;
  told: ToldMove | null;
}

/**
 * How what was told changes a tag's history. The outcome is the same in whatever order events come and however often:
 * a row has the time of its event, and a deletion by digest counts exactly while the tag stood on that digest.
 */
export function planTagMoves(
  known: readonly KnownMove[],
  told: readonly ToldMove[],
  deletions: readonly ToldDeletion[],
): MovePlan {
  const rows: Row[] = known.map((move) => ({ ...move, at: move.at.getTime(), told: null }));
  const order = (a: Row, b: Row) =>
    a.at - b.at || (a.id ?? Infinity) - (b.id ?? Infinity) || compareEvents(a, b);
  rows.sort(order);
  const remove: number[] = [];
  const add = (move: ToldMove) => {
    if (rows.some((row) => row.eventId === move.eventId)) return;
    const match = findSeen(rows, move);
    if (match)
      Object.assign(match, { at: move.at.getTime(), atSeen: false, eventId: move.eventId, told: move });
    else
      rows.push({
        id: null,
        digest: move.digest,
        at: move.at.getTime(),
        atSeen: false,
        eventId: move.eventId,
        told: move,
      });
    rows.sort(order);
  };
  for (const move of [...told].sort((a, b) => a.at.getTime() - b.at.getTime())) add(move);
  for (const deletion of [...deletions].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const at = deletion.at.getTime();
    const before = rows.findLast((row) => row.at < at && row.eventId !== deletion.eventId);
    const derived = rows.find((row) => row.eventId === deletion.eventId);
    if (before?.digest === deletion.digest) add({ ...deletion, digest: null });
    else if (derived) {
      rows.splice(rows.indexOf(derived), 1);
      if (derived.id !== null) remove.push(derived.id);
    }
  }
  return {
    insert: rows.flatMap((row) => (row.id === null && row.told ? [row.told] : [])),
    upgrade: rows.flatMap((row) => (row.id !== null && row.told ? [{ id: row.id, told: row.told }] : [])),
    remove,
  };
}

/** The crawl's row that saw what is told now: the next one after it, or one just before it by a clock ahead of ours. */
function findSeen(rows: readonly Row[], move: ToldMove): Row | null {
  const at = move.at.getTime();
  const next = rows.find((row) => row.at >= at);
  if (next?.atSeen && next.id !== null && next.digest === move.digest) return next;
  const before = rows.findLast((row) => row.at < at);
  const close = before !== undefined && at - before.at <= skewMs;
  return close && before.atSeen && before.id !== null && before.digest === move.digest ? before : null;
}

function compareEvents(a: Row, b: Row): number {
  return (a.eventId ?? "") < (b.eventId ?? "") ? -1 : 1;
}
