import { readOtlp } from "#lib/events/kubernetes/read-otlp";
import { firstText, isObject, type Json } from "#lib/events/signal-fields";

export interface FoundEvent {
  event: Json;
  /** The cluster that the sender names. */
  cluster: string | null;
}

export interface FoundEvents {
  events: FoundEvent[];
  /** Bookmarks, ends of lists, and objects other than Events. */
  ignored: number;
  unreadable: number;
}

const maxEvents = 10_000;
const deepest = 8;
/** Where senders put the Event: watches, routers, shippers and CloudEvents. */
const wrappers = ["object", "event", "body", "data", "details", "log", "message", "data_base64"] as const;

/** The Events of a body, whichever way they are wrapped: one, a list, or one a line. */
export function readEvents(body: string, contentType: string | null): FoundEvents {
  const found: FoundEvents = { events: [], ignored: 0, unreadable: 0 };
  const text = body.replace(/^\ufeff/, "");
  const whole = /ndjson|jsonl|json-seq/i.test(contentType ?? "") ? undefined : parseJson(text);
  if (whole !== undefined) unwrap(whole, null, 0, found);
  else readLines(text, found);
  return found;
}

function readLines(text: string, found: FoundEvents): void {
  let broken = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const value = parseJson(line);
    if (value === undefined) broken += 1;
    else unwrap(value, null, 0, found);
  }
  // A document that was cut off is one thing that cannot be read, not as many as it has lines.
  const nothing = found.events.length + found.ignored + found.unreadable === 0;
  found.unreadable += nothing ? 1 : broken;
}

function unwrap(value: unknown, cluster: string | null, depth: number, found: FoundEvents): void {
  if (Array.isArray(value) && depth <= deepest) {
    for (const entry of value) unwrap(entry, cluster, depth + 1, found);
    return;
  }
  if (!isObject(value) || depth > deepest) {
    found.unreadable += 1;
    return;
  }
  const named = firstText([value.clusterName, value.cluster_name, value.cluster], 200) ?? cluster;
  const inner = isEvent(value) ? undefined : findInner(value);
  if (inner !== undefined) unwrap(inner, named, depth + 1, found);
  else if (isEvent(value) && found.events.length < maxEvents)
    found.events.push({ event: value, cluster: named });
  else if (typeof value.kind === "string" && value.kind !== "Event") found.ignored += 1;
  else found.unreadable += 1;
}

function findInner(value: Json): unknown {
  if (Array.isArray(value.items)) return value.items;
  if (Array.isArray(value.resourceLogs)) return readOtlp(value);
  for (const key of wrappers) {
    const inner = key in value ? readInner(key, value[key]) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function readInner(key: string, value: unknown): unknown {
  if (typeof value === "object" && value !== null) return value;
  if (typeof value !== "string") return undefined;
  const text = key === "data_base64" ? Buffer.from(value, "base64").toString("utf8") : value;
  return /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
}

/** Core and events.k8s.io name the object differently; flat layouts of exporters leave it out. */
function isEvent(value: Json): boolean {
  const said = typeof value.message === "string" || typeof value.note === "string";
  if (!said && value.kind !== "Event") return false;
  if (typeof value.reason === "string") return true;
  // Azure Container Instances calls the reason the name.
  return typeof value.name === "string" && (value.type === "Normal" || value.type === "Warning");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
