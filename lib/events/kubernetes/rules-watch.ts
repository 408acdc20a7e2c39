import { isObject, type Json } from "#lib/events/signal-fields";

/** Where a list or a watch got to: what came up to it is kept. */
export interface WatchPosition {
  resourceVersion: string;
  at: Date;
}

export type WatchLine =
  /** An Event that is new or has grown. */
  | { kind: "event"; event: Json; resourceVersion: string | null }
  /** Nothing to keep, but the watch has got so far: a bookmark, or an Event that the cluster forgets. */
  | { kind: "passed"; resourceVersion: string | null }
  /** The cluster no longer knows where we were. */
  | { kind: "gone" }
  | { kind: "failed"; code: number }
  | { kind: "unreadable" };

/** What one line of a watch says. */
export function readWatchLine(line: string): WatchLine {
  const value = parseJson(line);
  if (!isObject(value) || !isObject(value.object)) return { kind: "unreadable" };
  const { type, object } = value;
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return { kind: "event", event: object, resourceVersion: readResourceVersion(object) };
    // Each state of a forgotten Event came before, as new or as grown.
    case "DELETED":
    case "BOOKMARK":
      return { kind: "passed", resourceVersion: readResourceVersion(object) };
    case "ERROR": {
      const code = typeof object.code === "number" ? object.code : 0;
      return code === 410 ? { kind: "gone" } : { kind: "failed", code };
    }
    default:
      return { kind: "unreadable" };
  }
}

export interface ListPage {
  events: Json[];
  /** Of the whole list, where a watch goes on from. */
  resourceVersion: string | null;
  /** For the next page; null on the last. */
  next: string | null;
}

/** One page of a list of Events; null where it is none. Items of a list do not say their kind. */
export function readListPage(text: string): ListPage | null {
  const value = parseJson(text);
  if (!isObject(value) || (value.items !== null && !Array.isArray(value.items))) return null;
  const items: unknown[] = value.items ?? [];
  const metadata = isObject(value.metadata) ? value.metadata : {};
  return {
    events: items.filter(isObject).map((item) => ({ kind: "Event", ...item })),
    resourceVersion: readResourceVersion(value),
    next: typeof metadata.continue === "string" && metadata.continue !== "" ? metadata.continue : null,
  };
}

/** How long to wait before the next try: longer with each failure, and never two of us at the same time. */
export function evaluateWait(
  failures: number,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
  random: number,
): number {
  if (failures === 0) return 0;
  const most = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return most / 2 + (most / 2) * random;
}

const resumableMs = 10 * 60_000;
const forgottenMs = 60 * 60_000;

/** Whether a watch may go on from here, or the Events have to be listed: a cluster keeps its past for minutes only. */
export function isResumable(position: WatchPosition | null, now: Date): position is WatchPosition {
  return position !== null && now.getTime() - position.at.getTime() <= resumableMs;
}

/** What to say of a time without a watch, after which the Events are listed: null where the list holds all of it. */
export function describeGap(position: WatchPosition | null, now: Date): string | null {
  if (position === null || now.getTime() - position.at.getTime() <= forgottenMs) return null;
  return `The cluster was not watched from ${position.at.toISOString()} to ${now.toISOString()}. It forgets events after an hour, so some of that time are missing.`;
}

/** A sentence for an answer of the cluster that is no success. */
export function describeStatus(status: number): string {
  if (status === 401) return "The cluster does not know the account: its token may have expired (401).";
  if (status === 403) return "The account may not list and watch events of all namespaces (403).";
  return `The cluster answered ${status}.`;
}

function readResourceVersion(object: Json): string | null {
  const version = isObject(object.metadata) ? object.metadata.resourceVersion : undefined;
  return typeof version === "string" && /^[\x21-\x7e]{1,200}$/.test(version) ? version : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
