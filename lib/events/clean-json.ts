import { cleanText } from "#lib/events/clean-text";

const deepest = 16;

/** A JSON value with names and texts that Postgres can store; what lies deeper than anybody would write it is null. */
export function cleanJson(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => cleanJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [cleanText(name), cleanJson(item, depth + 1)]),
  );
}
