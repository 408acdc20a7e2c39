import type { LineParse } from "#lib/events/logs/logged-request";
import { readNumberField, readTextField } from "#lib/events/logs/read-field";
import { isObject, type Json } from "#lib/events/signal-fields";

/** Whether the fields are of zot's log, in which each request is one line. */
export function isZotRequest(fields: Json): boolean {
  return fields.message === "HTTP API" && readNumberField(fields, "statusCode") !== null;
}

/** A line `"message":"HTTP API"` of zot. It names neither the error nor, with tokens, the user. */
export function parseZotLine(fields: Json): LineParse {
  const method = readTextField(fields, "method");
  if (method === null) return null;
  return {
    side: "log",
    method,
    uri: readTextField(fields, "path"),
    vars: { name: null, reference: null, digest: null },
    status: readNumberField(fields, "statusCode"),
    refusal: null,
    code: null,
    detail: null,
    requestId: null,
    actor: readTextField(fields, "username"),
    address: readTextField(fields, "clientIP"),
    agent: readHeader(fields, "User-Agent"),
    mediaType: readHeader(fields, "Content-Type"),
    time: readTextField(fields, "time"),
    told: { ...fields, headers: keepHeaders(fields) },
  };
}

/** Sessions and tokens stand in the others. */
function keepHeaders(fields: Json): Json {
  const agent = readHeader(fields, "User-Agent");
  const type = readHeader(fields, "Content-Type");
  return {
    ...(agent === null ? {} : { "User-Agent": agent }),
    ...(type === null ? {} : { "Content-Type": type }),
  };
}

function readHeader(fields: Json, name: string): string | null {
  if (!isObject(fields.headers)) return null;
  const value: unknown = fields.headers[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" && first !== "" ? first : null;
}
