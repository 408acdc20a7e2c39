import type { IncomingHttpHeaders } from "node:http";

import { isRegistryError, RegistryError, type RegistryErrorKind } from "#lib/oci/errors";
import { isJsonObject, parseJsonObject } from "#lib/oci/json-fields";
import { parseRetryAfter } from "#lib/oci/retry";

/** The first value of a header, whether it came once or more often. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/**
 * The error for an answer that is not the one hoped for. `what` names the thing, such as "the manifest a/b:c";
 * `isKnown` says that a token was issued to us, so that a 401 can only mean a missing right.
 */
export function answerError(
  answer: Answer,
  what: string,
  options: { secrets?: readonly string[]; isKnown?: boolean } = {},
): RegistryError {
  const { code, message } = readErrorBody(answer.body);
  const retryAfter = parseRetryAfter(headerOf(answer.headers, "retry-after"), new Date());
  const refused = kindOf(answer.status, code);
  const kind = refused === "unauthorized" && options.isKnown === true ? "denied" : refused;
  return new RegistryError(kind, sentenceOf(kind, answer.status, what), {
    status: answer.status,
    code,
    registryMessage: message === undefined ? undefined : withoutSecrets(message, options.secrets ?? []),
    retryAfterMs: retryAfter ?? undefined,
  });
}

function kindOf(status: number, code: string | undefined): RegistryErrorKind {
  if (status === 401) return "unauthorized";
  if (status === 403) return "denied";
  if (status === 404) return "not-found";
  if (status === 405 || status === 501 || (status === 400 && code === "UNSUPPORTED")) return "unsupported";
  if (status === 413) return "too-large";
  if (status === 429) return "throttled";
  if (status >= 500) return "server-error";
  return status >= 400 ? "rejected" : "invalid-response";
}

function sentenceOf(kind: RegistryErrorKind, status: number, what: string): string {
  switch (kind) {
    case "unauthorized":
      return `The registry does not accept these credentials for ${what}.`;
    case "denied":
      return `The registry denies access to ${what}.`;
    case "not-found":
      return `The registry does not have ${what}.`;
    case "unsupported":
      return `The registry does not support this request for ${what}.`;
    case "too-large":
      return `The registry says that ${what} is too large.`;
    case "throttled":
      return "The registry asks for fewer requests.";
    case "server-error":
      return `The registry failed with status ${status} on ${what}.`;
    case "rejected":
      return `The registry refused the request for ${what} with status ${status}.`;
    default:
      return `The registry answered with the unexpected status ${status} for ${what}.`;
  }
}

const longestErrorBody = 64 * 1024;

function readErrorBody(body: Buffer): { code?: string; message?: string } {
  if (body.byteLength === 0 || body.byteLength > longestErrorBody || body[0] !== 0x7b) return {};
  try {
    const json = parseJsonObject(body, "The error", { maxBytes: longestErrorBody, maxDepth: 16 });
    const errors = json.errors;
    // zot answers a 401 with one bare error instead of a list.
    const first = Array.isArray(errors) ? errors[0] : json;
    if (!isJsonObject(first)) return {};
    const code = first.code;
    const message = first.message;
    return {
      code: typeof code === "string" && /^[A-Za-z_]{1,64}$/.test(code) ? code.toUpperCase() : undefined,
      message: typeof message === "string" && message !== "" ? message : undefined,
    };
  } catch (error) {
    if (isRegistryError(error)) return {};
    throw error;
  }
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, "***");
  clean = clean.replace(/\b(basic|bearer)\s+[^\s,;"']+/gi, "$1 ***");
  // Control, formatting and bidi characters could forge lines or reorder what a person reads.
  return clean
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, 300);
}
