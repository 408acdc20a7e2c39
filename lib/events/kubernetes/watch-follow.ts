import { noteHeard } from "#lib/events/ingest-service";
import type { KnownSource } from "#lib/events/known-source";
import { readWatchLine, type WatchPosition } from "#lib/events/kubernetes/rules-watch";
import {
  ClusterAnswerError,
  type ClusterClient,
  ClusterStatusError,
} from "#lib/events/kubernetes/watch-client";
import { createWatchFeed, type WatchFeed } from "#lib/events/kubernetes/watch-feed";
import { noteUnreadable, untilKept } from "#lib/events/kubernetes/watch-keep";
import type { WatchPace } from "#lib/events/kubernetes/watch-pace";
import { UnauthenticatedError } from "#lib/http/errors";

export interface FollowEnd {
  /** Events and bookmarks that came. */
  lines: number;
  /** Nothing can be followed from here: the Events have to be listed. */
  mustList: boolean;
  /** It told something or lasted, so the next one need not wait. */
  isWell: boolean;
  problem: string | null;
  /** A line that is none. */
  unreadable: string | null;
}

/**
 * Follows one watch to its end, and keeps all that it said before it returns. One that closes, breaks off or falls
 * silent is no fault: the next goes on from where it was. Throws where the cluster gives none.
 */
export async function followWatch(
  client: ClusterClient,
  source: KnownSource,
  from: WatchPosition,
  pace: WatchPace,
  signal: AbortSignal,
  moved: (position: WatchPosition) => void,
): Promise<FollowEnd> {
  const end: FollowEnd = { lines: 0, mustList: false, isWell: false, problem: null, unreadable: null };
  const ended = new AbortController();
  const beganAt = performance.now();
  const lines = await open(client, from, AbortSignal.any([signal, ended.signal]));
  if (lines === null) return { ...end, mustList: true };
  const feed = createWatchFeed(source, pace, signal, moved);
  const heard = createHeard(source, pace, () => ended.abort());
  try {
    heard();
    for await (const line of lines) {
      heard();
      takeLine(line, feed, end);
      // More than Postgres takes is left to the cluster, which tells it again.
      if (end.mustList || feed.waiting() > pace.maxWaiting) break;
    }
  } catch (error) {
    if (error instanceof ClusterAnswerError) Object.assign(end, { mustList: true, problem: error.message });
  } finally {
    ended.abort();
  }
  signal.throwIfAborted();
  await feed.drain();
  const { unreadable } = end;
  if (unreadable !== null) await untilKept(pace, signal, () => noteUnreadable(source, unreadable));
  end.isWell = !end.mustList && (end.lines > 0 || performance.now() - beganAt >= pace.longestMs);
  return end;
}

/** Null where the cluster no longer knows the position. */
async function open(
  client: ClusterClient,
  from: WatchPosition,
  signal: AbortSignal,
): Promise<AsyncIterable<string> | null> {
  try {
    return await client.watch(from.resourceVersion, signal);
  } catch (error) {
    if (error instanceof ClusterStatusError && error.status === 410) return null;
    throw error;
  }
}

/** Notes that the cluster can be heard, once in a while; `onEnd` when the source has ended. */
function createHeard(source: KnownSource, pace: WatchPace, onEnd: () => void): () => void {
  let notedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - notedAt < pace.noteMs) return;
    notedAt = performance.now();
    noteHeard(source, new Date()).catch((error: unknown) => {
      if (error instanceof UnauthenticatedError) onEnd();
    });
  };
}

function takeLine(line: string, feed: WatchFeed, end: FollowEnd): void {
  const read = readWatchLine(line);
  switch (read.kind) {
    case "event":
    case "passed":
      end.lines += 1;
      feed.add({ event: read.kind === "event" ? read.event : null, resourceVersion: read.resourceVersion });
      break;
    case "gone":
      end.mustList = true;
      break;
    case "failed":
      end.mustList = true;
      end.problem = `The cluster ended the watch with ${read.code}.`;
      break;
    case "unreadable":
      end.mustList = true;
      end.unreadable = line;
      break;
  }
}
