import { parsePattern } from "#lib/auth/pattern";
import { patternContains, patternsOverlap } from "#lib/auth/pattern-overlap";
import { formatActions, formatHolder } from "#lib/grants/format-grant";
import { actionsOf, everyoneId, signedInId } from "#lib/grants/rules";
import { type AccessAction, accessActions, type GrantPreview } from "#lib/grants/schema";

export type GrantAction = AccessAction | "catalog";

export interface FieldFault {
  field: "actions" | "pattern" | "expiresAt";
  message: string;
}

/** The actions of a grant as they are kept: each once, in one order, pull with push. Or what is wrong with them. */
export function normaliseActions(
  principalId: string | null,
  pattern: string | null,
  actions: readonly GrantAction[],
): { ok: true; actions: GrantAction[] } | ({ ok: false } & FieldFault) {
  const refuse = (field: FieldFault["field"], message: string) => ({ ok: false as const, field, message });
  const isBuiltIn = principalId === everyoneId || principalId === signedInId;
  if (isBuiltIn && actions.some((action) => action !== "pull"))
    return refuse("actions", "Everyone and everybody who signs in may be given pull only.");
  if (pattern === null)
    return actions.every((action) => action === "catalog")
      ? { ok: true, actions: ["catalog"] }
      : refuse("pattern", "Say which repositories; without a pattern only catalog can be given.");
  if (actions.includes("catalog"))
    return refuse(
      "actions",
      "catalog is given alone, with the pattern null: it is about the whole registry.",
    );
  const held = accessActions.filter(
    (action) => actions.includes(action) || (action === "pull" && actions.includes("push")),
  );
  return { ok: true, actions: held };
}

/** A grant as far as it covers repositories, with its pattern as it is written. */
export interface WrittenGrant {
  id: string;
  principalId: string;
  pattern: string | null;
  actions: readonly string[];
  expiresAt: Date | null;
}

/** Patterns under which an action is held, by these grants. */
export function listPatternsFor(action: AccessAction, grants: readonly WrittenGrant[]): string[] {
  return grants.flatMap((grant) =>
    grant.pattern !== null && actionsOf(grant).includes(action) ? [grant.pattern] : [],
  );
}

export interface WarningInput {
  principal: { id: string | null; kind: string; name: string };
  /** Everybody whose grants count for the principal, themselves included. */
  subjectIds: ReadonlySet<string>;
  registry: string;
  pattern: string;
  actions: readonly AccessAction[];
  expiresAt: Date | null;
  matchCount: number;
  repositoryCount: number;
  /** Live grants that count for the principal and reach into the pattern. */
  present: readonly WrittenGrant[];
  protections: readonly { text: string; pusherIds: ReadonlySet<string> }[];
  /** Principals with a live grant of pushing somewhere in the pattern. */
  pusherIds: ReadonlySet<string>;
}

/** More than this many who can push to the same place are hard to answer for. */
export const manyPushers = 5;
/** Pushing to so many repositories by one grant is rarely meant. */
const wideMatches = 100;

export function evaluateWarnings(input: WarningInput): GrantPreview["warnings"] {
  const { principal, registry, pattern, actions } = input;
  const warnings: GrantPreview["warnings"] = [];
  const warn = (code: GrantPreview["warnings"][number]["code"], message: string) =>
    warnings.push({ code, message });
  const who = formatHolder(principal);
  const writes = actions.filter((action) => action !== "pull");
  const isBuiltIn = principal.id === everyoneId || principal.id === signedInId;
  if (isBuiltIn && writes.length > 0) warn("beyond-built-in", `${who} may be given pull only.`);
  const parsed = parsePattern(pattern);
  if (parsed?.kind === "descendants" && parsed.prefix === "")
    warn("too-wide", `This covers every repository of ${registry}, and those that come later.`);
  else if (parsed?.kind !== "exact" && writes.length > 0 && input.matchCount > wideMatches)
    warn(
      "too-wide",
      `This lets ${who} ${formatActions(actions)} ${input.matchCount} repositories. A narrower pattern is safer.`,
    );
  else if (input.matchCount > wideMatches && input.matchCount * 2 > input.repositoryCount)
    warn(
      "too-wide",
      `This covers more than half of ${registry}: ${input.matchCount} of ${input.repositoryCount} repositories.`,
    );
  const covering = input.present.find((grant) => covers(grant, input));
  if (covering) warn("already-covered", `${who} may do that already, by the grant for ${covering.pattern}.`);
  if (writes.length > 0) {
    const touched = input.protections.filter(({ text }) => patternsOverlap(text, pattern));
    const [first] = touched;
    if (first && (principal.kind === "user" || principal.kind === "group"))
      warn("person-pushes-to-protected", `${first.text} is protected, and ${who} is no pipeline.`);
    const closed = touched.find(({ pusherIds }) => ![...input.subjectIds].some((id) => pusherIds.has(id)));
    if (closed)
      warn(
        "not-named-for-protected",
        `${who} is not named in the protection of ${closed.text}, so ${writes.join(" and ")} there will still be refused.`,
      );
    if (actions.includes("push")) {
      const pushers = new Set(input.pusherIds);
      if (principal.id !== null) pushers.add(principal.id);
      const count = pushers.size + (principal.id === null ? 1 : 0);
      if (count > manyPushers)
        warn("many-pushers", `${count} principals will be able to push in ${pattern}.`);
    }
  }
  if (input.matchCount === 0)
    warn("matches-nothing", `No repository of ${registry} that you see matches ${pattern} now.`);
  return warnings;
}

function covers(grant: WrittenGrant, { pattern, actions, expiresAt }: WarningInput): boolean {
  if (grant.pattern === null || !patternContains(grant.pattern, pattern)) return false;
  if (grant.expiresAt !== null && (expiresAt === null || grant.expiresAt < expiresAt)) return false;
  const held = actionsOf(grant);
  return actions.every((action) => held.includes(action));
}
