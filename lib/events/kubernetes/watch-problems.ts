import { db } from "#lib/db/client";
import { isDatabaseAway } from "#lib/db/database-fault";
import type { KnownSource } from "#lib/events/known-source";
import { describeStatus } from "#lib/events/kubernetes/rules-watch";
import {
  ClusterAnswerError,
  ClusterAwayError,
  ClusterConfigError,
  ClusterStatusError,
} from "#lib/events/kubernetes/watch-client";
import { recordSourceProblem } from "#lib/events/store-watch";
import { InvalidError, UnauthenticatedError } from "#lib/http/errors";
import { log } from "#lib/log/log";

export const sourceGone = "Its source was ended, or its registry is disconnected.";

export interface WatchProblems {
  /** Into the log, once until something else is told. */
  tell(text: string): void;
  /** Into the log and, where the source is known, to whoever looks at it. */
  record(source: KnownSource | null, text: string): Promise<void>;
  recordError(source: KnownSource | null, error: unknown): Promise<void>;
  clear(): void;
}

/** What stands between us and a watched cluster, in sentences of our own: texts of errors may quote credentials. */
export function createWatchProblems(cluster: string): WatchProblems {
  let told: string | null = null;

  function tell(text: string): boolean {
    if (told === text) return false;
    told = text;
    log.warn({ cluster, problem: text }, "a cluster is not watched");
    return true;
  }

  async function record(source: KnownSource | null, text: string): Promise<void> {
    if (!tell(text) || source === null) return;
    await recordSourceProblem(db(), source.id, new Date(), text).catch(() => {
      told = null;
    });
  }

  return {
    tell: (text) => void tell(text),
    record,
    recordError: async (source, error) => {
      if (error instanceof UnauthenticatedError) tell(sourceGone);
      else if (isDatabaseAway(error)) tell("Postgres cannot be reached.");
      else await record(source, describeWatchError(error));
    },
    clear: () => {
      if (told !== null) log.info({ cluster }, "the cluster is watched again");
      told = null;
    },
  };
}

export function describeWatchError(error: unknown): string {
  if (error instanceof ClusterStatusError) return describeStatus(error.status);
  const isOurs =
    error instanceof ClusterConfigError ||
    error instanceof ClusterAnswerError ||
    error instanceof ClusterAwayError ||
    error instanceof InvalidError;
  if (isOurs) return error.message;
  return `A fault of our own: ${error instanceof Error ? error.name : "unknown"}.`;
}
