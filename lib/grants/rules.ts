import { matchesParsedPattern, type RepositoryPattern } from "#lib/auth/pattern";
import type { AccessAction } from "#lib/grants/schema";
import { repositoryProblem } from "#lib/oci/reference";

/** Fixed in the first migration of grants. */
export const everyoneId = "00000000-0000-7000-8000-000000000001";
export const signedInId = "00000000-0000-7000-8000-000000000002";
export const consoleId = "00000000-0000-7000-8000-000000000003";

/** After so long without a sign-in the groups of a person give nothing any more. */
export const groupsLastMs = 12 * 3_600_000;

/** A grant that is not revoked, of the registry in question. */
export interface GrantRule {
  id: string;
  principalId: string;
  /** Null for the grant of the catalogue. */
  pattern: RepositoryPattern | null;
  actions: readonly string[];
  expiresAtMs: number | null;
}

/** Pushes and deletions in what the pattern matches are for these principals only. */
export interface ProtectionRule {
  pattern: RepositoryPattern;
  pusherIds: ReadonlySet<string>;
}

/** Who asks: every principal whose grants count for them. A disabled one has none. */
export interface AccessSubject {
  /** Themselves, their fresh groups, signed-in, everyone. */
  principalIds: ReadonlySet<string>;
}

export interface Evaluation {
  actions: readonly AccessAction[];
  /** The grant behind each action. */
  grantOf: ReadonlyMap<AccessAction, string>;
  /** What a grant gives and the protection of the repository takes away. */
  withheld: readonly AccessAction[];
  /** A grant that would have given more, had it not expired. */
  expired: ReadonlyMap<AccessAction, string>;
}

const order: readonly AccessAction[] = ["pull", "push", "delete"];

/**
 * What the subject may do to a repository now. Only grants add; push includes pull; everyone and signed-in never get
 * more than pull; in protected repositories only named principals push and delete. A name outside of the grammar of
 * registries gets nothing. Grants and protections are those of the one registry.
 */
export function evaluate(
  grants: Iterable<GrantRule>,
  protections: Iterable<ProtectionRule>,
  subject: AccessSubject,
  repository: string,
  nowMs: number,
): Evaluation {
  const grantOf = new Map<AccessAction, string>();
  const expired = new Map<AccessAction, string>();
  if (repositoryProblem(repository) === null)
    for (const grant of grants) {
      if (grant.pattern === null || !subject.principalIds.has(grant.principalId)) continue;
      if (!matchesParsedPattern(grant.pattern, repository)) continue;
      const target = grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs ? expired : grantOf;
      for (const action of actionsOf(grant)) if (!target.has(action)) target.set(action, grant.id);
    }
  for (const action of grantOf.keys()) expired.delete(action);
  const withheld = isWithheld(protections, subject, repository)
    ? order.filter((action) => action !== "pull" && grantOf.has(action))
    : [];
  for (const action of withheld) grantOf.delete(action);
  return { actions: order.filter((action) => grantOf.has(action)), grantOf, withheld, expired };
}

/** Whether the subject may read the list of all repositories. */
export function evaluateCatalog(
  grants: Iterable<GrantRule>,
  subject: AccessSubject,
  nowMs: number,
): string | null {
  for (const grant of grants)
    if (
      grant.pattern === null &&
      grant.actions.includes("catalog") &&
      subject.principalIds.has(grant.principalId) &&
      (grant.expiresAtMs === null || grant.expiresAtMs > nowMs)
    )
      return grant.id;
  return null;
}

/** The actions that a grant gives, whatever its row says: built-in principals only pull, push includes pull. */
export function actionsOf(grant: Pick<GrantRule, "principalId" | "actions">): readonly AccessAction[] {
  const held = order.filter(
    (action) => grant.actions.includes(action) || (action === "pull" && grant.actions.includes("push")),
  );
  if (grant.principalId !== everyoneId && grant.principalId !== signedInId) return held;
  return held.filter((action) => action === "pull");
}

/** Whether any protection that matches the repository leaves the subject out. */
function isWithheld(
  protections: Iterable<ProtectionRule>,
  subject: AccessSubject,
  repository: string,
): boolean {
  for (const { pattern, pusherIds } of protections)
    if (
      matchesParsedPattern(pattern, repository) &&
      ![...subject.principalIds].some((id) => pusherIds.has(id))
    )
      return true;
  return false;
}
