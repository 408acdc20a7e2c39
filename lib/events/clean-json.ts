import { cleanText } from "#lib/events/clean-text";

const deepest = 16;

/**
 * A JSON value with names and texts that Postgres can store; what lies deeper than anybody would write it is null. The
 * value itself where there is nothing to clean, as in nearly all of them.
 */
export function cleanJson(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return null;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => cleanJson(item, depth + 1));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  let isClean = true;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
    const entry: [string, unknown] = [cleanText(name), cleanJson(item, depth + 1)];
    isClean &&= entry[0] === name && entry[1] === item;
    return entry;
  });
  return isClean ? value : Object.fromEntries(entries);
}
