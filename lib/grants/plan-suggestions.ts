import { matchesPattern } from "#lib/auth/pattern";
import { patternContains, reducePatterns } from "#lib/auth/pattern-overlap";
import { formatActions, formatDay } from "#lib/grants/format-grant";
import { actionsOf } from "#lib/grants/rules";
import { countRegion } from "#lib/grants/rules-regions";
import type { AccessAction, Suggestion } from "#lib/grants/schema";

export const dayMs = 24 * 3_600_000;
/** Nobody used it for so long: it is not needed. */
export const unusedDays = 90;
/** A grant that was written or restored lately is left in peace. */
export const settledDays = 30;
export const expiringDays = 14;
/** How far back the loss of a change is told. */
export const lookBackDays = 30;
/** More used repositories than this leave nothing to narrow. */
export const mostRepositories = 1_000;

const mostPatterns = 5;
const namedOneByOne = 3;
const prolongedDays = 90;
const shownRepositories = 50;

export interface GrantUse {
  repository: string;
  action: string;
  /** Of the last 30 days. */
  recentCount: number;
}

export interface SuggestedGrant {
  principalId: string;
  pattern: string | null;
  actions: readonly string[];
  updatedAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  /** Of the last 90 days, by repository and action. */
  uses: readonly GrantUse[];
  /** False when there are more uses than were read. */
  isComplete: boolean;
}

export type PlannedSuggestion = Pick<Suggestion, "kind" | "text" | "proposal" | "wouldHaveLost">;

/** What could be less about a grant, or what ends without anybody meaning it. Null when nothing is to be said. */
export function planSuggestion(
  kind: Suggestion["kind"],
  grant: SuggestedGrant,
  countOf: (pattern: string) => number,
  now: Date,
): PlannedSuggestion | null {
  if (kind === "unused") return planUnused(grant, now);
  if (kind === "expiring") return planExpiring(grant, now);
  return planNarrower(grant, countOf, now);
}

function isSettled(grant: SuggestedGrant, days: number, now: Date): boolean {
  return now.getTime() - grant.updatedAt.getTime() >= days * dayMs;
}

function planUnused(grant: SuggestedGrant, now: Date): PlannedSuggestion | null {
  if (!isSettled(grant, unusedDays, now)) return null;
  if (grant.lastUsedAt && now.getTime() - grant.lastUsedAt.getTime() < unusedDays * dayMs) return null;
  const text = grant.lastUsedAt
    ? `Unused for ${unusedDays} days: last used on ${formatDay(grant.lastUsedAt)}.`
    : "Never used.";
  return { kind: "unused", text, proposal: null, wouldHaveLost: countLost(grant.uses, () => false) };
}

function planExpiring(grant: SuggestedGrant, now: Date): PlannedSuggestion | null {
  const { expiresAt } = grant;
  if (!expiresAt || expiresAt <= now || expiresAt.getTime() - now.getTime() > expiringDays * dayMs)
    return null;
  const wouldHaveLost = countLost(grant.uses, () => false);
  // What nobody uses may end as it was meant to.
  if (wouldHaveLost.uses === 0 || grant.pattern === null) return null;
  return {
    kind: "expiring",
    text: `Ends on ${formatDay(expiresAt)} and is in use: ${wouldHaveLost.uses} uses in ${lookBackDays} days.`,
    proposal: {
      patterns: [grant.pattern],
      actions: [...actionsOf(grant)],
      expiresAt: new Date(expiresAt.getTime() + prolongedDays * dayMs).toISOString(),
    },
    wouldHaveLost,
  };
}

function planNarrower(
  grant: SuggestedGrant,
  countOf: (pattern: string) => number,
  now: Date,
): PlannedSuggestion | null {
  const { pattern, uses } = grant;
  if (pattern === null || uses.length === 0 || !grant.isComplete || !isSettled(grant, settledDays, now))
    return null;
  const held = actionsOf(grant);
  const isUsed = (action: AccessAction) => uses.some((use) => use.action === action);
  const actions = held.filter((action) => isUsed(action) || (action === "pull" && isUsed("push")));
  const repositories = [...new Set(uses.map((use) => use.repository))];
  const patterns = prepareNarrowerPatterns(pattern, repositories);
  const before = countOf(pattern);
  const after = patterns ? countRegion(patterns, countOf) : before;
  const isNarrower = patterns !== null && after * 2 <= before;
  if (actions.length === 0 || (!isNarrower && actions.length === held.length)) return null;
  const texts = [
    ...(isNarrower
      ? [`Used in ${repositories.length} of ${before} repositories in ${unusedDays} days.`]
      : []),
    ...(actions.length < held.length
      ? [`Only ${formatActions(actions)} was used of ${formatActions(held)} in ${unusedDays} days.`]
      : []),
  ];
  const proposed = isNarrower ? patterns : [pattern];
  return {
    kind: "too-wide",
    text: texts.join(" "),
    proposal: { patterns: proposed, actions, expiresAt: grant.expiresAt?.toISOString() ?? null },
    wouldHaveLost: countLost(
      uses,
      (use) =>
        proposed.some((one) => matchesPattern(one, use.repository)) &&
        actions.some((action) => action === use.action),
    ),
  };
}

/**
 * Few patterns inside the grant that cover all these repositories: the names themselves when they are few, else the
 * folders they lie in, as deep as possible. Null when that would be no narrower.
 */
export function prepareNarrowerPatterns(pattern: string, repositories: readonly string[]): string[] | null {
  const names = [...new Set(repositories)].filter((name) => matchesPattern(pattern, name)).toSorted();
  if (names.length === 0) return null;
  let patterns = names;
  if (names.length > namedOneByOne) {
    const byFolder = Map.groupBy(names, folderOf);
    patterns = [...byFolder].flatMap(([folder, inside]) => (inside.length > 1 ? [`${folder}*`] : inside));
  }
  while (patterns.length > mostPatterns) {
    const folder = findDeepestShared(patterns);
    if (folder === null) return null;
    patterns = reducePatterns([...patterns, `${folder}**`]);
  }
  const isInside = patterns.every((one) => one !== pattern && patternContains(pattern, one));
  return isInside ? patterns.toSorted() : null;
}

/** With its slash; empty for the top. */
function folderOf(text: string): string {
  return text.slice(0, text.lastIndexOf("/") + 1);
}

/** The deepest folder that holds more than one of the patterns; null when only the top does. */
function findDeepestShared(patterns: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const text of patterns) {
    const inner = folderOf(text);
    for (let end = inner.indexOf("/"); end !== -1; end = inner.indexOf("/", end + 1)) {
      const folder = inner.slice(0, end + 1);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  const depthOf = (folder: string) => folder.split("/").length;
  const shared = [...counts].filter(([, count]) => count > 1).map(([folder]) => folder);
  return shared.toSorted((a, b) => depthOf(b) - depthOf(a) || (a < b ? -1 : 1))[0] ?? null;
}

function countLost(
  uses: readonly GrantUse[],
  isKept: (use: GrantUse) => boolean,
): Suggestion["wouldHaveLost"] {
  const lost = uses.filter((use) => use.recentCount > 0 && !isKept(use));
  return {
    uses: lost.reduce((sum, use) => sum + use.recentCount, 0),
    repositories: [...new Set(lost.map((use) => use.repository))].toSorted().slice(0, shownRepositories),
  };
}

export function formatSuggestionId(kind: Suggestion["kind"], grantId: string): string {
  return `${kind}:${grantId}`;
}

export function parseSuggestionId(text: string): { kind: Suggestion["kind"]; grantId: string } | null {
  const match = /^(unused|too-wide|expiring):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text);
  const [, kind, grantId] = match ?? [];
  if (grantId === undefined) return null;
  return { kind: kind === "unused" || kind === "expiring" ? kind : "too-wide", grantId };
}
