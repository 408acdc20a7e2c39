import type { AuditEvent } from "#lib/audit/schema";
import type { AuditFilter } from "#lib/audit/store";
import type { EventFilter, EventRow } from "#lib/events/event-search";
import { familyOf } from "#lib/failures/rules-family";
import { type FailureCause, failureCauses } from "#lib/failures/schema";

const nobody = "nobody";
const deeds = ["push", "pull", "delete"] as const;
const denyingFamilies = new Set(["credentials", "grant", "access", "address", "policy"]);
const denyingCauses = failureCauses.filter((cause) => denyingFamilies.has(familyOf(cause)));

/** Refused, where somebody's access is why; any other cause is a failure. */
export function outcomeOf(cause: FailureCause | null): "succeeded" | "denied" | "failed" {
  if (cause === null) return "succeeded";
  return denyingCauses.includes(cause) ? "denied" : "failed";
}

/** What a filter of the audit asks of registry events; null where no event can match it. */
export function prepareEventFilter(filter: AuditFilter): EventFilter | null {
  const { actor, action, outcome, requestId, ...same } = filter;
  const actions = action === undefined ? undefined : deeds.filter((deed) => isAction(action, deed));
  if (actions?.length === 0 || outcome === "intent") return null;
  const prepared: EventFilter = { ...same };
  if (actions !== undefined && actions.length < deeds.length) prepared.actions = actions;
  if (actor !== undefined) prepared.actors = actor === nobody ? [null, nobody] : [actor];
  if (requestId !== undefined) prepared.eventId = requestId;
  if (outcome === "succeeded") prepared.causes = null;
  if (outcome === "denied") prepared.causes = { among: denyingCauses };
  if (outcome === "failed") prepared.causes = { butNot: denyingCauses };
  return prepared;
}

function isAction(asked: string, deed: string): boolean {
  const action = `registry.${deed}`;
  return asked.endsWith(".") ? action.startsWith(asked) : action === asked;
}

/** A registry event as a row of the audit. */
export function showRegistryEvent(row: EventRow): AuditEvent {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actorKind: "registry-client",
    actor: row.actor ?? nobody,
    address: row.address,
    agent: row.agent,
    action: `registry.${row.action}`,
    target: row.target,
    registry: row.registry,
    repository: row.repository,
    outcome: outcomeOf(row.cause),
    requestId: row.eventId,
    before: null,
    after: {
      side: row.side,
      source: row.source,
      cause: row.cause,
      digest: row.digest,
      mediaType: row.mediaType,
      cluster: row.cluster,
      namespace: row.namespace,
      workload: row.workload,
      node: row.node,
      message: row.message,
      count: row.count,
      provisional: row.provisional,
      lastAt: row.lastAt.toISOString(),
      receivedAt: row.receivedAt.toISOString(),
      raw: (row.raw ?? null) as AuditEvent["after"],
    },
    kind: "event",
  };
}
