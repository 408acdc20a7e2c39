import type { LoggedRequest } from "#lib/events/logs/logged-request";
import { evaluateFailure, evaluateRefusal, type LogFailure } from "#lib/events/logs/rules-log-cause";
import { findTarget, type LogTarget } from "#lib/events/logs/rules-log-target";
import type { RegistrySignal } from "#lib/events/signal";
import { isDigest } from "#lib/oci/digest";
import { isRepositoryName, isTag } from "#lib/oci/reference";
import { parseReferrerTag } from "#lib/oci/referrer-tag";

export type LogVerdict = Pick<
  RegistrySignal,
  "action" | "cause" | "repository" | "tag" | "digest" | "provisional"
>;

/**
 * What a request says to us: a pull, push or deletion of a manifest that went well, or a pull or push that failed. Null
 * for ordinary traffic.
 */
export function evaluateRequest(request: LoggedRequest): LogVerdict | null {
  const target = findTarget(request);
  if (target === null || !isRepositoryName(target.repository)) return null;
  const action = findAction(request.method, target);
  if (action === null) return null;
  const { status } = request;
  const named = {
    action,
    repository: target.repository,
    tag: target.reference !== null && isTag(target.reference) ? target.reference : null,
    digest: target.reference !== null && isDigest(target.reference) ? target.reference : null,
  };
  if (status !== null && status < 400) {
    const wentWell = (status >= 200 && status < 300) || (status === 304 && action === "pull");
    return wentWell && target.kind === "manifest" ? { ...named, cause: null, provisional: false } : null;
  }
  // A deletion that failed is nobody's failed pull or push.
  if (action === "delete") return null;
  const failure = findFailure(request, target, action);
  if (failure === null) return null;
  // Nobody promised that there are referrers, and clients have to ask for their tag to know.
  const optional = action === "pull" && named.tag !== null && parseReferrerTag(named.tag) !== null;
  return optional && failure.cause === "not-found" ? null : { ...named, ...failure };
}

function findFailure(request: LoggedRequest, target: LogTarget, action: "push" | "pull"): LogFailure | null {
  if (request.refusal !== null) return evaluateRefusal(request.refusal);
  if (request.status === null && request.code === null) return null;
  return evaluateFailure(request, target, action);
}

/** A HEAD of a blob is a question before a push; only a GET brings the blob. */
function findAction(method: string, target: LogTarget): "push" | "pull" | "delete" | null {
  switch (method) {
    case "GET":
      return target.kind === "upload" ? null : "pull";
    case "HEAD":
      return target.kind === "manifest" ? "pull" : null;
    case "PUT":
      return target.kind === "blob" ? null : "push";
    case "POST":
    case "PATCH":
      return target.kind === "upload" ? "push" : null;
    case "DELETE":
      return target.kind === "manifest" ? "delete" : null;
    default:
      return null;
  }
}
