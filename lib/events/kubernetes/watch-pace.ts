import type { ClientPace } from "#lib/events/kubernetes/watch-client";

export interface WatchPace extends ClientPace {
  /** Waits between tries. */
  firstMs: number;
  longestMs: number;
  /** Events that may wait for Postgres; more are left to the cluster. */
  maxWaiting: number;
  /** How often at most it is noted that the cluster is heard, and how far we got. */
  noteMs: number;
  /** After so long with neither Event nor bookmark the Events are listed: where we were may be forgotten by then. */
  emptyMs: number;
  leaseMs: number;
  renewMs: number;
}

/** Bookmarks come about once a minute, if at all. */
export const watchPace: WatchPace = {
  pageSize: 500,
  listMs: 60_000,
  silentMs: 80_000,
  watchSeconds: 300,
  firstMs: 500,
  longestMs: 30_000,
  maxWaiting: 5_000,
  noteMs: 15_000,
  emptyMs: 240_000,
  leaseMs: 15_000,
  renewMs: 4_000,
};
