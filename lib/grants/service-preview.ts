import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { intersectPatterns, reducePatterns } from "#lib/auth/pattern-overlap";
import { authorizeReach } from "#lib/auth/reach";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { formatGrantSentence } from "#lib/grants/format-grant";
import { everyoneId, signedInId } from "#lib/grants/rules";
import {
  evaluateWarnings,
  listPatternsFor,
  normaliseActions,
  type WrittenGrant,
} from "#lib/grants/rules-write";
import {
  type AccessAction,
  accessActions,
  type GrantPreview,
  type PreviewGrantBody,
} from "#lib/grants/schema";
import { openGrantRegistry, readExpiry } from "#lib/grants/service";
import { listLiveGrants, listPusherIds } from "#lib/grants/store";
import { type GainQuery, listGains, listMatches } from "#lib/grants/store-preview";
import { loadProtections, loadSubject, type Subject, type WrittenProtection } from "#lib/grants/subject";
import { InvalidError } from "#lib/http/errors";
import { findPrincipalNamed } from "#lib/principals/resolve-principal";

const shown = 50;

/** What a grant would do, before it is written: who gains what now, and what one should think about. */
export async function previewGrant(ctx: Context, input: PreviewGrantBody): Promise<GrantPreview> {
  authorizeSomewhere(ctx, "access.write");
  const registry = await openGrantRegistry(db(), ctx, input.registry);
  const { pattern } = input;
  authorizeReach(ctx, "access.write", { registryId: registry.id, pattern }, registry.slug);
  const principal = await findPrincipalNamed(db(), input.principal);
  const expiresAt = readExpiry(ctx, input.expiresAt);
  const isBuiltIn = principal.id === everyoneId || principal.id === signedInId;
  // What is too much for a built-in principal is warned about here, and refused when it is written.
  const normal = normaliseActions(isBuiltIn ? null : principal.id, pattern, input.actions);
  if (!normal.ok) throw new InvalidError(normal.field, normal.message);
  const sentence = formatGrantSentence({ ...input, principal, actions: normal.actions });
  if (pattern === null)
    return { sentence, matchCount: 0, matches: [], gains: [], gainCount: 0, warnings: [] };
  const actions = accessActions.filter((action) => normal.actions.includes(action));
  const subject = await loadSubject(db(), principal, ctx.now);
  const region = {
    registryId: registry.id,
    pattern,
    scope: evaluateScope(ctx.principal, "repositories.read"),
  };
  const [live, protections, matches, pushers] = await Promise.all([
    listLiveGrants(db(), { ...region, principalIds: [...subject.principalIds] }, ctx.now),
    loadProtections(db(), registry),
    listMatches(db(), region, shown),
    actions.includes("push") ? listPusherIds(db(), registry.id, pattern, ctx.now, input.changes ?? null) : [],
  ]);
  const present = live.filter((grant) => grant.id !== input.changes);
  const allowed = isBuiltIn ? actions.filter((action) => action === "pull") : actions;
  const queries = prepareGains(pattern, allowed, present, protections, subject);
  const gains = await listGains(db(), region, queries, shown);
  return {
    sentence,
    matchCount: matches.count,
    matches: matches.names,
    gains: gains.rows.map((row) => ({
      repository: row.name,
      actions: accessActions.filter((action) => row[action]),
    })),
    gainCount: gains.count,
    warnings: evaluateWarnings({
      principal,
      subjectIds: subject.principalIds,
      registry: registry.slug,
      pattern,
      actions,
      expiresAt,
      matchCount: matches.count,
      repositoryCount: registry.repositoryCount,
      present,
      protections,
      pusherIds: new Set(pushers),
    }),
  };
}

/** For each action that is given, where it is held already and where protection takes it away. */
function prepareGains(
  pattern: string,
  actions: readonly AccessAction[],
  present: readonly WrittenGrant[],
  protections: readonly WrittenProtection[],
  subject: Subject,
): Record<AccessAction, GainQuery | null> {
  const within = (texts: readonly string[]) =>
    reducePatterns(texts.flatMap((text) => intersectPatterns(text, pattern) ?? []));
  const closed = protections
    .filter(({ pusherIds }) => ![...subject.principalIds].some((id) => pusherIds.has(id)))
    .map(({ text }) => text);
  const prepare = (action: AccessAction): GainQuery | null =>
    actions.includes(action)
      ? { held: within(listPatternsFor(action, present)), withheld: action === "pull" ? [] : within(closed) }
      : null;
  return { pull: prepare("pull"), push: prepare("push"), delete: prepare("delete") };
}
