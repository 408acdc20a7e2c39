import type { Scope } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import type { EventFilter, EventPosition, EventRow } from "#lib/events/event-search";
import { planFirstWindow, planNextWindow, type SearchTime } from "#lib/events/rules-search-window";
import { findLastEventId, findOldestEventAt, listEventRows } from "#lib/events/store-search-events";

export interface FoundEvents {
  rows: EventRow[];
  /** Where patience ended: nothing beyond this time has been looked at. Null where the search was done. */
  reachedAt: Date | null;
}

export interface EventSearch {
  descending: boolean;
  after: EventPosition | null;
  take: number;
  /** Leaves out what came after this id. */
  through?: bigint;
  now: Date;
  patienceMs: number;
}

/**
 * Events after the position in the order of time, as far as the scope reaches. They are looked for in windows of time
 * that widen while they are quick: where few of millions match and no index knows them, the caller has what was found
 * after the time they have patience for, and can go on from there.
 */
export async function listEvents(
  filter: EventFilter,
  scope: Scope,
  { descending, after, take, through, now, patienceMs }: EventSearch,
): Promise<FoundEvents> {
  const time: SearchTime = { descending, from: filter.from, to: filter.to, now };
  const startAt = descending ? findNewest(filter, after, now) : await findOldest(filter, scope, after);
  const rows: EventRow[] = [];
  if (startAt === null) return { rows, reachedAt: null };
  let oldestMs: number | null = null;
  const beganAt = performance.now();
  let window = planFirstWindow(time, startAt.getTime());
  for (;;) {
    const askedAt = performance.now();
    const { from, to } = window;
    const page = { descending, after, take: take - rows.length, through };
    rows.push(...(await listEventRows(db(), { ...filter, from, to }, scope, page)));
    if (window.last || rows.length >= take) return { rows, reachedAt: null };
    const answeredAt = performance.now();
    if (descending) oldestMs ??= await findOldestMs(filter, scope);
    if (oldestMs !== null && oldestMs >= window.edgeMs) return { rows, reachedAt: null };
    if (answeredAt - beganAt > patienceMs) return { rows, reachedAt: new Date(window.edgeMs) };
    window = planNextWindow(time, window, answeredAt - askedAt);
  }
}

/** The last id that was given to an event: what comes later has a higher one. */
export function getLastEventId(tx: Tx): Promise<bigint> {
  return findLastEventId(tx);
}

function findNewest({ to }: EventFilter, after: EventPosition | null, now: Date): Date {
  return [to, after?.at].reduce<Date>((least, at) => (at !== undefined && at < least ? at : least), now);
}

async function findOldestMs(filter: EventFilter, scope: Scope): Promise<number> {
  const oldest = await findOldestEventAt(db(), filter, scope);
  return oldest?.getTime() ?? Number.POSITIVE_INFINITY;
}

async function findOldest(
  filter: EventFilter,
  scope: Scope,
  after: EventPosition | null,
): Promise<Date | null> {
  if (after !== null && (filter.from === undefined || after.at > filter.from)) return after.at;
  const oldest = await findOldestEventAt(db(), filter, scope);
  return oldest !== null && filter.from !== undefined && filter.from > oldest ? filter.from : oldest;
}
