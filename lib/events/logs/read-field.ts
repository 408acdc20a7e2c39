import { isObject, type Json } from "#lib/events/signal-fields";

/** A field by its dotted name, which some shippers take apart: `{"http.request.id": …}`, `{"http": {"request": …}}`. */
export function readField(fields: Json, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const dot = name.indexOf(".");
  if (dot === -1 || !Object.hasOwn(fields, name.slice(0, dot))) return undefined;
  let at: unknown = fields;
  for (const part of name.split(".")) {
    if (!isObject(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}

/** A field with text in it, or null. */
export function readTextField(fields: Json, name: string): string | null {
  const value = readField(fields, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** A field that is a whole number, or is written as one. */
export function readNumberField(fields: Json, name: string): number | null {
  const value = readField(fields, name);
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}
