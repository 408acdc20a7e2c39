import { isRegistryError, RegistryError } from "#lib/oci/errors";

const timeouts = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);
const unresolved = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"]);
const malformed = new Set([
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_RES_EXCEEDED_MAX_SIZE",
]);

const tlsProblems = new Map([
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
  ["CERT_NOT_YET_VALID", "its certificate is not valid yet"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "its certificate is self-signed; give its CA in the registry's settings"],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "its certificate comes from an unknown CA; give that CA in the registry's settings",
  ],
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "its certificate comes from an unknown CA; give that CA in the registry's settings",
  ],
  [
    "UNABLE_TO_GET_ISSUER_CERT",
    "its certificate comes from an unknown CA; give that CA in the registry's settings",
  ],
  [
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "its certificate comes from an unknown CA; give that CA in the registry's settings",
  ],
  ["CERT_REVOKED", "its certificate has been revoked"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "its certificate is for another host name"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "it answers in plain HTTP, not HTTPS"],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "it answers in plain HTTP, not HTTPS"],
]);

/** Turns whatever undici, the socket or TLS threw into a RegistryError. Texts of other layers are not repeated. */
export function transportError(error: unknown, origin: string): RegistryError {
  if (isRegistryError(error)) return error;
  const code = codeOf(error);
  const details = { systemCode: code };
  if (code !== undefined && timeouts.has(code)) {
    return new RegistryError("timeout", `${origin} did not answer in time.`, details);
  }
  if (code !== undefined && unresolved.has(code)) {
    return new RegistryError(
      "name-not-resolved",
      `The host name of ${origin} could not be resolved.`,
      details,
    );
  }
  const tls = code === undefined ? undefined : tlsProblems.get(code);
  if (tls !== undefined)
    return new RegistryError("tls", `No secure connection to ${origin}: ${tls}.`, details);
  if (code !== undefined && /^(?:ERR_(?:SSL|TLS)_|CERT_|EPROTO$)/.test(code)) {
    return new RegistryError("tls", `No secure connection to ${origin} (${code}).`, details);
  }
  const isUnparsable = error instanceof Error && error.name === "HTTPParserError";
  if (isUnparsable || (code !== undefined && malformed.has(code))) {
    return new RegistryError(
      "invalid-response",
      `${origin} sent an answer that is not proper HTTP.`,
      details,
    );
  }
  if (code === "UND_ERR_INVALID_ARG") {
    return new RegistryError(
      "invalid-request",
      "The request holds characters that HTTP does not allow.",
      details,
    );
  }
  if (code === "ECONNREFUSED") {
    return new RegistryError("cannot-connect", `${origin} refuses the connection.`, details);
  }
  if (code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE") {
    return new RegistryError("cannot-connect", `The connection to ${origin} broke off.`, details);
  }
  return new RegistryError("cannot-connect", `${origin} cannot be reached.`, details);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  // A failed connection to several addresses wraps one error for each; the first says what happened.
  if (own === undefined && error instanceof AggregateError) return codeOf(error.errors[0]);
  return own;
}
