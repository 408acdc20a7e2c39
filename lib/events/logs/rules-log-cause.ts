import type { LoggedRequest } from "#lib/events/logs/logged-request";
import type { LogTarget } from "#lib/events/logs/rules-log-target";
import { evaluateCause } from "#lib/failures/rules-cause";
import type { FailureCause } from "#lib/failures/schema";
import { isManifestReference } from "#lib/oci/reference";

export interface LogFailure {
  cause: FailureCause;
  /** A failure only if the same client does not go on. */
  provisional: boolean;
}

const sure = (cause: FailureCause): LogFailure => ({ cause, provisional: false });
const perhaps = (cause: FailureCause): LogFailure => ({ cause, provisional: true });

/** Why distribution let a request not in; null for the ordinary first request, which every client makes without a token. */
export function evaluateRefusal(reason: string): LogFailure | null {
  if (/authorization token required/i.test(reason)) return null;
  if (/insufficient scope/i.test(reason)) return sure("no-grant");
  if (/expired|not to be used after/i.test(reason)) return sure("credentials-expired");
  if (/authentication failure/i.test(reason)) return sure("wrong-credentials");
  // A token came, and was no good: made for others, signed by nobody known, expired. Which of them, only another line
  // says, and nothing joins the two.
  if (/(?:invalid|malformed) token/i.test(reason)) return sure("unauthorized");
  // Basic authentication says the same of a first request without a password and of a header that it cannot read.
  return perhaps("unauthorized");
}

/** Why a request failed by its error code, status and text; null where its client went away before the answer. */
export function evaluateFailure(
  request: LoggedRequest,
  target: LogTarget,
  action: "push" | "pull",
): LogFailure | null {
  const { status, code } = request;
  const text = request.detail ?? "";
  if (status === 499 || /context canceled|client disconnected/i.test(text)) return null;
  if (status === 429 || code === "TOOMANYREQUESTS") return sure("throttled");
  if ((status !== null && status >= 500) || code === "UNAVAILABLE") return sure("registry-error");
  if (status === 401 || code === "UNAUTHORIZED") {
    const said = evaluateCause(text);
    return said === "credentials-expired" ? sure(said) : perhaps("unauthorized");
  }
  if (status === 403 || status === 412 || code === "DENIED") return sure(evaluateDenial(status, text));
  if (status === 408) return sure("timeout");
  return action === "pull" ? evaluateFailedPull(request, target, text) : evaluateFailedPush(request);
}

/** Firewalls and policies answer like missing rights, and say in words what they are. */
function evaluateDenial(status: number | null, text: string): FailureCause {
  const said = evaluateCause(text);
  if (said === "blocked-by-policy" || said === "address-not-allowed") return said;
  return status === 412 ? "unknown" : "no-grant";
}

function evaluateFailedPull(request: LoggedRequest, target: LogTarget, text: string): LogFailure | null {
  const { status, code } = request;
  // The manifest is there, but the client does not take its media type.
  if (/accept header does not support/i.test(text)) return sure("unknown");
  if (code === "BLOB_UNKNOWN") return sure("content-missing");
  if (status === 404 || code === "MANIFEST_UNKNOWN" || code === "NAME_UNKNOWN") {
    if (target.kind === "blob") return sure("content-missing");
    // Clients ask so before a push, and containerd and docker also before a pull.
    return request.method === "HEAD" ? perhaps("not-found") : sure("not-found");
  }
  if (code !== null && /^(?:NAME|TAG|DIGEST)_INVALID$/.test(code)) return sure("malformed-reference");
  if (status === 400 && code === null && !isManifestReference(target.reference ?? "")) {
    return sure("malformed-reference");
  }
  // A client that goes on with a broken download asks beyond the end when it had everything.
  return status === 416 ? null : sure("unknown");
}

function evaluateFailedPush({ code }: LoggedRequest): LogFailure {
  if (code === "NAME_INVALID" || code === "TAG_INVALID") return sure("malformed-reference");
  if (code === "DIGEST_INVALID") return sure("digest-mismatch");
  if (code === "MANIFEST_BLOB_UNKNOWN" || code === "BLOB_UNKNOWN") return sure("content-missing");
  return sure("unknown");
}
