import { setTimeout as pause } from "node:timers/promises";
import { isDatabaseAway } from "#lib/db/database-fault";
import { ingestSignals } from "#lib/events/ingest-service";
import type { KnownSource } from "#lib/events/known-source";
import { parseKubernetesEvents } from "#lib/events/kubernetes/parse-kubernetes-events";
import { evaluateWait } from "#lib/events/kubernetes/rules-watch";
import type { WatchPace } from "#lib/events/kubernetes/watch-pace";
import type { Json } from "#lib/events/signal-fields";
import { UnauthenticatedError } from "#lib/http/errors";
import { log } from "#lib/log/log";

/** Keeps Events as if they had been posted, and tries until they are kept. Throws when the source has ended. */
export async function keepEvents(
  source: KnownSource,
  events: readonly Json[],
  pace: Pick<WatchPace, "firstMs" | "longestMs">,
  signal: AbortSignal,
): Promise<void> {
  await untilKept(pace, signal, async () => {
    try {
      await ingest(source, events);
    } catch (error) {
      if (isPassing(error)) throw error;
      // One that cannot be stored takes nothing along.
      for (const event of events) await keepOne(source, event);
    }
  });
}

async function keepOne(source: KnownSource, event: Json): Promise<void> {
  try {
    await ingest(source, [event]);
  } catch (error) {
    if (isPassing(error)) throw error;
    await noteUnreadable(source, JSON.stringify(event));
  }
}

/** Counts what the cluster said and nobody can read, and keeps its beginning. */
export async function noteUnreadable(source: KnownSource, text: string): Promise<void> {
  await ingestSignals(source, { signals: [], ignored: 0, unreadable: 1 }, new Date(), text);
}

async function ingest(source: KnownSource, events: readonly Json[]): Promise<void> {
  const receivedAt = new Date();
  const body = JSON.stringify(events);
  const parse = parseKubernetesEvents(body, "application/json", receivedAt, {
    registryHost: new URL(source.registryUrl).host,
    cluster: source.cluster,
  });
  await ingestSignals(source, parse, receivedAt, body);
}

/** The source has ended, or Postgres is away: neither has to do with the Event. */
function isPassing(error: unknown): boolean {
  return error instanceof UnauthenticatedError || isDatabaseAway(error);
}

/** Tries again, after longer and longer waits, until it is done, the source has ended, or nobody wants it any more. */
export async function untilKept(
  pace: Pick<WatchPace, "firstMs" | "longestMs">,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (error instanceof UnauthenticatedError) throw error;
      if (failures === 1)
        log.warn(
          { name: error instanceof Error ? error.name : "unknown" },
          "events of the watched cluster wait for Postgres",
        );
      await pause(evaluateWait(failures, pace, Math.random()), undefined, { signal });
    }
  }
}
