import type { LineParse } from "#lib/events/logs/logged-request";
import { readNumberField, readTextField } from "#lib/events/logs/read-field";
import type { Json } from "#lib/events/signal-fields";

const refused = "error authorizing context: ";

/** Whether the fields are of distribution's application log, and of a request. */
export function isDistributionRequest(fields: Json): boolean {
  return readTextField(fields, "http.request.method") !== null;
}

/**
 * A line of distribution's application log. A request that is let in ends with "response completed", or with one
 * "response completed with error" for each of its errors; one that is refused ends with "error authorizing context"
 * alone, and says there why, which the 401 does not. Older versions wrote both: they have the same id, and the line
 * with the reason is taken. "authorized request" says nothing of how it went on.
 */
export function parseDistributionLine(fields: Json): LineParse {
  const method = readTextField(fields, "http.request.method");
  const message = readTextField(fields, "msg") ?? readTextField(fields, "message");
  if (method === null || message === null) return "ignored";
  const refusal = message.startsWith(refused) ? message.slice(refused.length) : null;
  if (refusal === null && !message.startsWith("response completed")) return "ignored";
  const parts = [readTextField(fields, "err.message"), readTextField(fields, "err.detail")];
  const sent = method === "PUT" || method === "POST" || method === "PATCH";
  return {
    side: "log",
    method,
    uri: readTextField(fields, "http.request.uri"),
    vars: {
      name: readTextField(fields, "vars.name"),
      reference: readTextField(fields, "vars.reference"),
      digest: readTextField(fields, "vars.digest"),
    },
    status: readNumberField(fields, "http.response.status"),
    refusal,
    code: readCode(readTextField(fields, "err.code")),
    detail: parts.filter((part) => part !== null).join(": ") || null,
    requestId: readTextField(fields, "http.request.id"),
    actor: readTextField(fields, "auth.user.name"),
    address: readTextField(fields, "http.request.remoteaddr"),
    agent: readTextField(fields, "http.request.useragent"),
    mediaType: readTextField(fields, sent ? "http.request.contenttype" : "http.response.contenttype"),
    time: readTextField(fields, "time") ?? readTextField(fields, "@timestamp"),
    told: fields,
  };
}

/** Old versions write `MANIFEST_UNKNOWN`, newer ones `manifest unknown`. */
function readCode(text: string | null): string | null {
  return text === null || text.length > 60 ? null : text.trim().toUpperCase().replaceAll(" ", "_");
}
