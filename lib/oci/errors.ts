/**
 * What went wrong with a registry, in one word. `rejected` is a 4xx that fits nothing else, `invalid-request`
 * an argument of the caller's that would never be sent, `aborted` the caller's own signal or a closed client.
 */
export type RegistryErrorKind =
  | "address-refused"
  | "name-not-resolved"
  | "cannot-connect"
  | "tls"
  | "timeout"
  | "unauthorized"
  | "denied"
  | "not-found"
  | "unsupported"
  | "throttled"
  | "too-large"
  | "digest-mismatch"
  | "invalid-response"
  | "realm-refused"
  | "too-old"
  | "server-error"
  | "rejected"
  | "invalid-request"
  | "aborted";

export type RegistryErrorDetails = {
  /** HTTP status, where the registry answered at all. */
  status?: number;
  /** The registry's own error code, such as MANIFEST_UNKNOWN. */
  code?: string;
  /** The registry's own words: hostile text, shortened, without control characters and known secrets. */
  registryMessage?: string;
  /** How long the registry, or our own circuit breaker, asks to be left alone. */
  retryAfterMs?: number;
  /** The token realm that was refused, so that a person can be asked to confirm it. */
  realm?: string;
  /** The address that was refused although an admin could allow it. */
  address?: string;
  /** The operating system's or TLS library's code, such as ECONNREFUSED. */
  systemCode?: string;
  /** The part of a body or the argument that is wrong. */
  field?: string;
};

/** Every failure of lib/oci. `message` is a plain sentence that may be shown to a person and holds no secret. */
export class RegistryError extends Error {
  readonly kind: RegistryErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly registryMessage: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly realm: string | undefined;
  readonly address: string | undefined;
  readonly systemCode: string | undefined;
  readonly field: string | undefined;

  constructor(kind: RegistryErrorKind, sentence: string, details: RegistryErrorDetails = {}) {
    super(sentence);
    this.name = "RegistryError";
    this.kind = kind;
    this.status = details.status;
    this.code = details.code;
    this.registryMessage = details.registryMessage;
    this.retryAfterMs = details.retryAfterMs;
    this.realm = details.realm;
    this.address = details.address;
    this.systemCode = details.systemCode;
    this.field = details.field;
  }
}

/** True when `error` is a RegistryError, of one of the kinds if any are named. */
export function isRegistryError(error: unknown, ...kinds: RegistryErrorKind[]): error is RegistryError {
  return error instanceof RegistryError && (kinds.length === 0 || kinds.includes(error.kind));
}
