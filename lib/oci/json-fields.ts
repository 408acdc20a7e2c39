import { RegistryError } from "#lib/oci/errors";
import { JsonError, type JsonLimits, type JsonObject, type JsonValue, parseJson } from "#lib/oci/json";

/** Reads a body that must be a JSON object; anything else is an `invalid-response` that names what it is. */
export function parseJsonObject(body: Uint8Array | string, what: string, limits?: JsonLimits): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(body, limits);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new RegistryError("invalid-response", `${what} is not acceptable JSON: ${error.message}.`);
  }
  if (!isJsonObject(value)) throw new RegistryError("invalid-response", `${what} is not a JSON object.`);
  return value;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function wrongField(what: string, field: string, expected: string): RegistryError {
  return new RegistryError("invalid-response", `${what} is malformed: ${field} is not ${expected}.`, {
    field,
  });
}

/**
 * The field as text, or null when it is absent. U+0000 becomes U+FFFD: it means nothing in any of these
 * fields and Postgres cannot store it.
 */
export function textField(object: JsonObject, key: string, what: string, field = key): string | null {
  const value = object[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw wrongField(what, field, "text");
  return cleanText(value);
}

export function cleanText(value: string): string {
  return value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
}

/** The field as a whole number from 0 that a double holds exactly. */
export function sizeField(object: JsonObject, key: string, what: string, field = key): number {
  const value = object[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw wrongField(what, field, "a whole number from 0 to 9007199254740991");
  }
  return value;
}

export function objectField(object: JsonObject, key: string, what: string, field = key): JsonObject | null {
  const value = object[key];
  if (value === undefined || value === null) return null;
  if (!isJsonObject(value)) throw wrongField(what, field, "an object");
  return value;
}

/** The field as a list of at most `maxEntries`; absent and null are the empty list. */
export function listField(
  object: JsonObject,
  key: string,
  what: string,
  maxEntries: number,
  field = key,
): JsonValue[] {
  const value = object[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongField(what, field, "a list");
  if (value.length > maxEntries) {
    throw new RegistryError("too-large", `${what} has more than ${maxEntries} entries in ${field}.`, {
      field,
    });
  }
  return value;
}

export function textListField(
  object: JsonObject,
  key: string,
  what: string,
  maxEntries: number,
  field = key,
): string[] {
  return listField(object, key, what, maxEntries, field).map((entry, index) => {
    if (typeof entry !== "string") throw wrongField(what, `${field}[${index}]`, "text");
    return cleanText(entry);
  });
}

/** The field as text by text, such as annotations and labels. */
export function textMapField(
  object: JsonObject,
  key: string,
  what: string,
  field = key,
): Record<string, string> {
  const map: Record<string, string> = {};
  const value = objectField(object, key, what, field);
  if (value === null) return map;
  for (const [name, entry] of Object.entries(value)) {
    if (typeof entry !== "string") throw wrongField(what, `${field}.${name.slice(0, 80)}`, "text");
    map[cleanText(name)] = cleanText(entry);
  }
  return map;
}
