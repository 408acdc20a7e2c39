import type { ConfigToStore } from "#lib/inventory/store-apply-manifests";
import { maxConfigBytes, readImageOrigin } from "#lib/oci/config";
import { isRegistryError } from "#lib/oci/errors";
import type { JsonObject } from "#lib/oci/json";
import { parseJsonObject } from "#lib/oci/json-fields";

/** A config blob as its row is written: the JSON of an image or of a chart. Throws when it is no JSON object. */
export function prepareConfig(digest: string, bytes: Uint8Array): ConfigToStore {
  const json = parseJsonObject(bytes, "The config", { maxBytes: maxConfigBytes });
  const text = JSON.stringify(json);
  // Looking at every value costs more than all the rest, and hardly any config needs it.
  const body = text.includes("\\u0000") ? JSON.stringify(json, withoutNul) : text;
  const origin = findOrigin(json);
  return {
    digest,
    body,
    os: origin?.platform.os || null,
    architecture: origin?.platform.architecture || null,
    variant: origin?.platform.variant ?? null,
    builtAt: formatTime(origin?.createdAt ?? null),
  };
}

/** Postgres cannot store NUL in a JSON text. */
function withoutNul(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (!entries.some(([key]) => key.includes("\0"))) return value;
  return Object.fromEntries(entries.map(([key, entry]) => [key.replaceAll("\0", "\ufffd"), entry]));
}

function findOrigin(json: JsonObject) {
  try {
    return readImageOrigin(json);
  } catch (error) {
    if (isRegistryError(error)) return null;
    throw error;
  }
}

/** Years outside what can be stored, and the zero time that reproducible builds write, say nothing. */
function formatTime(text: string | null): string | null {
  if (text === null) return null;
  const time = new Date(text);
  const year = time.getUTCFullYear();
  return Number.isNaN(time.getTime()) || year < 1971 || year > 9_000 ? null : time.toISOString();
}
