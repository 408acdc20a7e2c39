import { db } from "#lib/db/client";
import type { KnownSource } from "#lib/events/known-source";
import type { WatchPosition } from "#lib/events/kubernetes/rules-watch";
import { keepEvents, untilKept } from "#lib/events/kubernetes/watch-keep";
import type { WatchPace } from "#lib/events/kubernetes/watch-pace";
import type { Json } from "#lib/events/signal-fields";
import { savePosition } from "#lib/events/store-watch";

interface Sign {
  /** Null where it only tells how far the watch is. */
  event: Json | null;
  resourceVersion: string | null;
}

export interface WatchFeed {
  add(sign: Sign): void;
  waiting(): number;
  /** Settles when all that was added is kept; rejects when the source has ended or the signal came. */
  drain(): Promise<void>;
}

const maxBatch = 500;

/**
 * Keeps what a watch says while the watch goes on: as much at once as came meanwhile. `moved` is told how far all is
 * kept, and that is stored only after it is kept.
 */
export function createWatchFeed(
  source: KnownSource,
  pace: WatchPace,
  signal: AbortSignal,
  moved: (position: WatchPosition) => void,
): WatchFeed {
  const signs: (Sign & { at: Date })[] = [];
  let working: Promise<void> | null = null;
  let unstored: WatchPosition | null = null;
  let storedAt = Number.NEGATIVE_INFINITY;

  async function work(): Promise<void> {
    while (signs.length > 0) {
      const batch = signs.slice(0, maxBatch);
      const events = batch.flatMap(({ event }) => (event === null ? [] : [event]));
      if (events.length > 0) await keepEvents(source, events, pace, signal);
      signs.splice(0, batch.length);
      const last = batch.findLast(({ resourceVersion }) => resourceVersion !== null);
      if (!last?.resourceVersion) continue;
      // The time of reading: what waited long for Postgres is as old to the cluster as it is.
      unstored = { resourceVersion: last.resourceVersion, at: last.at };
      moved(unstored);
      if (performance.now() - storedAt >= pace.noteMs) await store();
    }
  }

  async function store(): Promise<void> {
    const position = unstored;
    if (position === null) return;
    await untilKept(pace, signal, () => savePosition(db(), source.id, position));
    storedAt = performance.now();
    if (unstored === position) unstored = null;
  }

  /** One at a time: two would keep the same and forget what lies behind. */
  function start(): Promise<void> {
    if (working !== null) return working;
    const run = work().finally(() => {
      working = null;
    });
    working = run;
    // Whoever drains is told.
    run.then(
      () => {
        if (signs.length > 0) void start();
      },
      () => undefined,
    );
    return run;
  }

  return {
    add: (sign) => {
      signs.push({ ...sign, at: new Date() });
      void start();
    },
    waiting: () => signs.length,
    drain: async () => {
      while (working !== null || signs.length > 0) await start();
      await store();
    },
  };
}
