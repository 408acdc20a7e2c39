import { hash } from "node:crypto";
import { cleanText } from "#lib/events/clean-text";
import type { RegistrySignal, SignalParse } from "#lib/events/signal";

export type Json = Record<string, unknown>;

const maxRawBytes = 16 * 1024;
const maxCount = 2_147_483_647;
const earliest = Date.UTC(2013, 0, 1);
const furthestAhead = 366 * 86_400_000;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field when it is an object, else an empty one. */
export function objectIn(object: Json, key: string): Json {
  const value = object[key];
  return isObject(value) ? value : {};
}

export function readText(value: unknown, longest: number): string | null {
  if (typeof value !== "string" || value === "") return null;
  return cleanText(value, longest);
}

/** The first of them that is a text. */
export function firstText(values: readonly unknown[], longest: number): string | null {
  for (const value of values) {
    const text = readText(value, longest);
    if (text !== null) return text;
  }
  return null;
}

/** An ISO time or seconds since 1970; null for anything else and for what no clock shows, such as Go's zero time. */
export function readTime(value: unknown, receivedAt: Date): Date | null {
  const time =
    typeof value === "number" ? value * 1_000 : typeof value === "string" ? readTimeText(value) : Number.NaN;
  return time >= earliest && time <= receivedAt.getTime() + furthestAhead ? new Date(time) : null;
}

function readTimeText(text: string): number {
  if (text.length >= 64) return Number.NaN;
  return /^\d{9,11}$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
}

/** A whole number from 1, also as text; anything else is 1. */
export function readCount(value: unknown): number {
  const count = typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof count === "number" && count >= 1 ? Math.min(Math.floor(count), maxCount) : 1;
}

/** The value as JSON that Postgres takes, or `{}` where it does not fit. */
export function keepRaw(value: unknown): string {
  let raw: string | undefined;
  try {
    raw = JSON.stringify(value, (key, field: unknown) => {
      // Who changed which field is longer than the event itself, and tells nothing.
      if (key === "managedFields") return undefined;
      return typeof field === "string" ? cleanText(field) : field;
    });
  } catch {
    // Nested too deep to be written.
    return "{}";
  }
  // Names of fields are not cleaned: what is left of NUL and half pairs is in them.
  const fits =
    raw !== undefined && Buffer.byteLength(raw) <= maxRawBytes && !/\\u(?:0000|d[89a-f])/i.test(raw);
  return fits ? raw : "{}";
}

/** An identity made of content, for sources that give none. */
export function identityOf(parts: readonly (string | number | null)[]): string {
  return `sha256:${hash("sha256", JSON.stringify(parts), "hex")}`;
}

/** A push, pull or deletion that went well, once, with nothing told of where it came from. */
export function plainSignal(
  given: Pick<RegistrySignal, "eventId" | "side" | "action" | "repository" | "at" | "raw"> &
    Partial<RegistrySignal>,
): RegistrySignal {
  return {
    cause: null,
    tag: null,
    digest: null,
    mediaType: null,
    actor: null,
    address: null,
    agent: null,
    cluster: null,
    namespace: null,
    workload: null,
    node: null,
    message: null,
    count: 1,
    lastAt: given.at,
    provisional: false,
    ...given,
  };
}

/** One signal for each identity, the one that tells of most, whatever the order in which they came. */
export function withoutRepeats({ signals, ignored, unreadable }: SignalParse): SignalParse {
  const kept = new Map<string, RegistrySignal>();
  for (const signal of signals) {
    const other = kept.get(signal.eventId);
    if (other === undefined || tellsMore(signal, other)) kept.set(signal.eventId, signal);
  }
  return { signals: [...kept.values()], ignored: ignored + signals.length - kept.size, unreadable };
}

function tellsMore(one: RegistrySignal, other: RegistrySignal): boolean {
  if (one.count !== other.count) return one.count > other.count;
  const later = one.lastAt.getTime() - other.lastAt.getTime();
  if (later !== 0) return later > 0;
  return JSON.stringify(one) > JSON.stringify(other);
}
