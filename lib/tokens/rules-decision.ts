import {
  type AccessSubject,
  evaluate,
  evaluateCatalog,
  type GrantRule,
  type ProtectionRule,
} from "#lib/grants/rules";
import { type AccessAction, accessActions } from "#lib/grants/schema";
import { repositoryProblem } from "#lib/oci/reference";
import type { AskedResource } from "#lib/tokens/rules-scope";
import type { DenialReason } from "#lib/tokens/schema";

/** One entry of a token's access list. */
export interface GrantedAccess {
  type: string;
  name: string;
  actions: string[];
}

export interface Refusal {
  /** Null for a type that no registry knows. */
  type: "repository" | "registry" | null;
  /** Null where no valid name was given. */
  repository: string | null;
  actions: readonly string[];
  reason: Extract<DenialReason, "no-grant" | "protected" | "expired-grant" | "invalid-scope">;
}

/** A granted action and the grant behind it. */
export interface AccessUse {
  grantId: string;
  repository: string;
  action: AccessAction | "catalog";
}

export interface AccessDecision {
  access: GrantedAccess[];
  refusals: Refusal[];
  uses: AccessUse[];
}

/** What is held in one registry; the lists may be narrowed to what can matter, never widened. */
export interface HeldAccess {
  grantsFor(subject: AccessSubject, repository: string): Iterable<GrantRule>;
  catalogGrantsFor(subject: AccessSubject): Iterable<GrantRule>;
  protections: readonly ProtectionRule[];
}

export interface DecisionOptions {
  nowMs: number;
  /** The emergency switch: whoever showed right credentials pulls and pushes everything. */
  everythingOpen?: boolean;
}

/** The intersection of what is asked with what is held, per resource and action; nothing else is ever in a token. */
export function decideAccess(
  held: HeldAccess,
  subject: AccessSubject,
  asked: readonly AskedResource[],
  options: DecisionOptions,
): AccessDecision {
  const decision: AccessDecision = { access: [], refusals: [], uses: [] };
  for (const resource of asked) {
    if (resource.type === "repository" && resource.name !== "")
      decideRepository(held, subject, resource, options, decision);
    else if (isListing(resource)) decideListing(held, subject, resource, options, decision);
    else {
      const type = resource.type === "registry" || resource.type === "repository" ? resource.type : null;
      decision.refusals.push({ type, repository: null, actions: [], reason: "invalid-scope" });
    }
  }
  return decision;
}

function decideRepository(
  held: HeldAccess,
  subject: AccessSubject,
  { name, actions: written }: AskedResource,
  { nowMs, everythingOpen }: DecisionOptions,
  decision: AccessDecision,
): void {
  // skopeo asks for * before it deletes: whatever is granted, and no refusal for what was hardly meant.
  const wantsAll = written.includes("*");
  const actions = wantsAll ? [...accessActions, ...written.filter((action) => action !== "*")] : written;
  if (repositoryProblem(name) !== null) {
    decision.refusals.push({ type: "repository", repository: null, actions: [], reason: "invalid-scope" });
    return;
  }
  const evaluation = evaluate(held.grantsFor(subject, name), held.protections, subject, name, nowMs);
  const granted: AccessAction[] = [];
  const refused: Partial<Record<Refusal["reason"], AccessAction[]>> = {};
  for (const action of accessActions) {
    if (!actions.includes(action)) continue;
    const grantId = evaluation.grantOf.get(action);
    if (grantId !== undefined) {
      granted.push(action);
      decision.uses.push({ grantId, repository: name, action });
    } else if (everythingOpen && action !== "delete") granted.push(action);
    else {
      const reason = evaluation.withheld.includes(action)
        ? "protected"
        : evaluation.expired.has(action)
          ? "expired-grant"
          : "no-grant";
      refused[reason] = [...(refused[reason] ?? []), action];
    }
  }
  if (granted.length > 0) decision.access.push({ type: "repository", name, actions: granted });
  for (const reason of ["no-grant", "protected", "expired-grant"] as const) {
    const list = refused[reason];
    if (list && !(wantsAll && granted.length > 0))
      decision.refusals.push({ type: "repository", repository: name, actions: list, reason });
  }
  if (actions.some((action) => !(accessActions as readonly string[]).includes(action)))
    decision.refusals.push({ type: "repository", repository: name, actions: [], reason: "invalid-scope" });
}

/** `registry:catalog:*`, and zot's way to ask for the same: `repository::pull`. */
function isListing({ type, name, actions }: AskedResource): boolean {
  if (type === "registry") return name === "catalog" && actions.includes("*");
  return type === "repository" && name === "" && actions.includes("pull");
}

function decideListing(
  held: HeldAccess,
  subject: AccessSubject,
  { type, name }: AskedResource,
  { nowMs }: DecisionOptions,
  decision: AccessDecision,
): void {
  const grantId = evaluateCatalog(held.catalogGrantsFor(subject), subject, nowMs);
  const action = type === "registry" ? "*" : "pull";
  if (grantId === null) {
    decision.refusals.push({ type: "registry", repository: null, actions: ["catalog"], reason: "no-grant" });
    return;
  }
  decision.access.push({ type, name, actions: [action] });
  decision.uses.push({ grantId, repository: "", action: "catalog" });
}
