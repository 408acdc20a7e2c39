import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { db } from "#lib/db/client";
import { type WatchPace, watchPace } from "#lib/events/kubernetes/watch-pace";
import { runWatchSession } from "#lib/events/kubernetes/watch-session";
import { dropLease, takeLease } from "#lib/events/store-watch";
import { log } from "#lib/log/log";
import type { KubernetesSettings } from "#lib/settings/kubernetes-settings";

export interface ClusterWatch {
  /** Closes the watch and lets another worker have it. */
  stop(): Promise<void>;
}

/**
 * Watches a cluster while no other worker does. The lease is a row, which also holds behind a pooler; two that watch at
 * once for a moment do no harm, because each Event has an identity and the highest count wins.
 */
export function startClusterWatch(settings: KubernetesSettings, pace: WatchPace = watchPace): ClusterWatch {
  const holder = randomUUID();
  const key = `kubernetes.watch.${settings.registry}/${settings.cluster}`;
  const startedAt = new Date();
  const stopping = new AbortController();
  const holding = hold();

  async function hold(): Promise<void> {
    let session: Session | null = null;
    while (!stopping.signal.aborted) {
      const held = await askForLease(key, holder, pace.leaseMs);
      if (held === true) session ??= beginSession(settings, pace, startedAt);
      else if (held === false && session !== null) {
        await session.end();
        session = null;
      }
      await pause(pace.renewMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await session?.end();
    await dropLease(db(), key, holder).catch(() => undefined);
  }

  return {
    stop: () => {
      stopping.abort();
      return holding;
    },
  };
}

interface Session {
  end(): Promise<void>;
}

function beginSession(settings: KubernetesSettings, pace: WatchPace, startedAt: Date): Session {
  const ended = new AbortController();
  const running = runWatchSession(settings, pace, startedAt, ended.signal);
  return {
    end: () => {
      ended.abort();
      return running;
    },
  };
}

/** Null while Postgres does not say: whoever watches goes on, because nobody else can know better. */
async function askForLease(key: string, holder: string, ms: number): Promise<boolean | null> {
  try {
    return await takeLease(db(), key, holder, ms);
  } catch (error) {
    log.debug({ name: error instanceof Error ? error.name : "unknown" }, "no word of the lease of a watch");
    return null;
  }
}
