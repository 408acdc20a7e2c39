import type { AuditEventKind } from "#lib/audit/schema";

/** Where a row of the audit stands in the one order of both kinds. */
export interface Place {
  at: Date;
  kind: AuditEventKind;
  id: bigint;
}

const highestId = 9_223_372_036_854_775_807n;

/**
 * The place as rows of one kind see it. Of the same instant changes stand before events when the newest comes first,
 * and behind them when the oldest does; ids begin at 1.
 */
export function positionFor(kind: AuditEventKind, place: Place | null): { at: Date; id: bigint } | null {
  if (place === null) return null;
  if (place.kind === kind) return { at: place.at, id: place.id };
  return { at: place.at, id: kind === "change" ? 0n : highestId };
}

/** The place before everything of this time and beyond, in either direction. */
export function placeAtEdge(at: Date): Place {
  return { at, kind: "event", id: 0n };
}

/** Two lists, each in order, as one in order. */
export function mergeInOrder<T extends Place>(
  changes: readonly T[],
  events: readonly T[],
  descending: boolean,
): T[] {
  return [...changes, ...events].sort((one, other) => {
    const ascending = compare(one, other);
    return descending ? -ascending : ascending;
  });
}

function compare(one: Place, other: Place): number {
  const time = one.at.getTime() - other.at.getTime();
  if (time !== 0) return time;
  if (one.kind !== other.kind) return one.kind === "event" ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
