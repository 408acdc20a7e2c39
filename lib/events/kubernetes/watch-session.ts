import { setTimeout as pause } from "node:timers/promises";
import { db } from "#lib/db/client";
import { ensureClusterSource } from "#lib/events/bootstrap";
import { noteHeard } from "#lib/events/ingest-service";
import type { KnownSource } from "#lib/events/known-source";
import {
  describeGap,
  evaluateWait,
  isResumable,
  type WatchPosition,
} from "#lib/events/kubernetes/rules-watch";
import {
  ClusterAnswerError,
  type ClusterClient,
  ClusterStatusError,
  openClusterClient,
} from "#lib/events/kubernetes/watch-client";
import { followWatch } from "#lib/events/kubernetes/watch-follow";
import { keepEvents, untilKept } from "#lib/events/kubernetes/watch-keep";
import type { WatchPace } from "#lib/events/kubernetes/watch-pace";
import { createWatchProblems, sourceGone } from "#lib/events/kubernetes/watch-problems";
import { findPosition, recordSourceProblem, savePosition } from "#lib/events/store-watch";
import type { KubernetesSettings } from "#lib/settings/kubernetes-settings";

/** Watches a cluster until the signal comes: lists its Events, follows what changes, and begins anew after each fault. */
export async function runWatchSession(
  settings: KubernetesSettings,
  pace: WatchPace,
  startedAt: Date,
  signal: AbortSignal,
): Promise<void> {
  const problems = createWatchProblems(settings.cluster);
  let source: KnownSource | null = null;
  // Up to where all is kept; null before it is known.
  let position: WatchPosition | null = null;
  let mustList = false;
  let toldAt = performance.now();
  for (let failures = 0; !signal.aborted; ) {
    try {
      const found = await ensureClusterSource(settings, startedAt);
      if (found === null) {
        problems.tell(sourceGone);
        failures += 1;
      } else {
        if (found.id !== source?.id) position = await findPosition(db(), found.id);
        source = found;
        const client = await openClusterClient(settings, pace);
        if (mustList || !isResumable(position, new Date())) {
          position = await listAll(client, source, position, pace, signal);
          mustList = false;
          toldAt = performance.now();
        }
        const end = await followWatch(client, source, position, pace, signal, (reached) => {
          position = reached;
        });
        if (end.lines > 0) toldAt = performance.now();
        mustList = end.mustList || performance.now() - toldAt > pace.emptyMs;
        failures = end.isWell ? 0 : failures + 1;
        if (end.problem !== null) await problems.record(source, end.problem);
        else if (end.isWell) problems.clear();
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      // Whatever else the cluster has against our position, a list finds all that it knows.
      if (error instanceof ClusterStatusError) mustList ||= isAboutPosition(error.status);
      if (!isOrdinary(error, failures)) await problems.recordError(source, error);
    }
    await pause(evaluateWait(failures, pace, Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

/** A list may be forgotten between two of its pages, but not each time. */
function isOrdinary(error: unknown, failures: number): boolean {
  return error instanceof ClusterStatusError && error.status === 410 && failures <= 3;
}

function isAboutPosition(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

/** Keeps every Event that the cluster knows; returns from where a watch goes on. */
async function listAll(
  client: ClusterClient,
  source: KnownSource,
  before: WatchPosition | null,
  pace: WatchPace,
  signal: AbortSignal,
): Promise<WatchPosition> {
  const at = new Date();
  let next: string | null = null;
  let version: string | null = null;
  do {
    const page = await client.list(next, signal);
    if (page.events.length > 0) await keepEvents(source, page.events, pace, signal);
    version = page.resourceVersion ?? version;
    next = page.next;
  } while (next !== null);
  if (version === null) throw new ClusterAnswerError("The cluster did not say of which moment its list is.");
  const position = { resourceVersion: version, at };
  const gap = describeGap(before, at);
  await untilKept(pace, signal, async () => {
    if (gap !== null) await recordSourceProblem(db(), source.id, at, gap);
    await noteHeard(source, new Date());
    await savePosition(db(), source.id, position);
  });
  return position;
}
