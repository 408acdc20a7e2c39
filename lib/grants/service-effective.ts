import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { listCoveringPatterns } from "#lib/auth/pattern-overlap";
import { scopeOverlaps } from "#lib/auth/reach";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { isOpenedByEmergency } from "#lib/enforcement/rules-emergency";
import { evaluateCatalog, everyoneId } from "#lib/grants/rules";
import {
  type Because,
  explainAction,
  explainPatterns,
  explainRepository,
  toRules,
} from "#lib/grants/rules-because";
import type {
  AccessAction,
  AccessCheck,
  CheckAccessBody,
  EffectiveItem,
  EffectiveQuery,
  MyAccess,
} from "#lib/grants/schema";
import { openGrantRegistry } from "#lib/grants/service";
import { type GrantRegistryRow, listGrantRegistries } from "#lib/grants/store";
import { type HeldGrantRow, listHeldGrants, listLastUses } from "#lib/grants/store-access";
import { listMemberStates, listPrincipalStates } from "#lib/grants/store-subject";
import { loadProtections, loadSubject, prepareSubjects, type Subject } from "#lib/grants/subject";
import { formatCursor, parseCursor } from "#lib/http/cursor";
import { UnauthenticatedError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { findAuthorizedRegistry } from "#lib/inventory/service-access";
import { findPrincipalNamed } from "#lib/principals/resolve-principal";
import type { PrincipalKind } from "#lib/principals/schema";
import { openPrincipal } from "#lib/principals/service";

/** Who can do what to a repository, or what a principal can do in a registry: judged as the token endpoint judges. */
export async function listEffective(ctx: Context, query: EffectiveQuery): Promise<Page<EffectiveItem>> {
  authorizeSomewhere(ctx, "access.read");
  const { repository, principal } = query;
  if (repository !== undefined) return listOfRepository(ctx, query, repository);
  if (principal !== undefined) return listOfPrincipal(ctx, query, principal);
  return { items: [], nextCursor: null };
}

async function listOfRepository(
  ctx: Context,
  query: EffectiveQuery,
  repository: string,
): Promise<Page<EffectiveItem>> {
  const registry = await findAuthorizedRegistry(ctx, "access.read", query.registry, repository);
  const grants = await listHeldGrants(db(), {
    registryId: registry.id,
    patterns: listCoveringPatterns(repository),
  });
  const protections = await loadProtections(db(), registry);
  const subjects = (await listHolders(ctx, grants, query.principal))
    .map((subject) => ({
      subject,
      access: explainRepository(grants, protections, subject, repository, ctx.now),
    }))
    .filter(({ access }) => access.actions.length > 0 || access.withheld.length > 0);
  const page = cutByName(subjects, ({ subject }) => subject, query);
  const ids = page.items.flatMap(({ subject }) => subject.id ?? []);
  const uses = await listLastUses(db(), registry.id, repository, ids);
  return {
    items: page.items.map(({ subject, access }) => ({
      principal: showSubject(subject),
      repository,
      pattern: null,
      actions: access.actions,
      because: access.because,
      withheld: access.withheld,
      expiresAt: access.expiresAt?.toISOString() ?? null,
      lastUsedAt: (subject.id === null ? undefined : uses.get(subject.id))?.toISOString() ?? null,
    })),
    nextCursor: page.nextCursor,
  };
}

/** Those with a grant of their own, and people with a fresh group that has one. */
async function listHolders(
  ctx: Context,
  grants: readonly HeldGrantRow[],
  only: string | undefined,
): Promise<Subject[]> {
  if (only !== undefined) {
    const row = await openPrincipal(db(), ctx, only);
    return [await loadSubject(db(), row, ctx.now)];
  }
  const groups = grants
    .filter((grant) => grant.principal.kind === "group")
    .map((grant) => grant.principal.name);
  const rows = [
    ...(await listPrincipalStates(db(), [...new Set(grants.map((grant) => grant.principalId))])),
    ...(await listMemberStates(db(), [...new Set(groups)], ctx.now)),
  ];
  const distinct = [...new Map(rows.map((row) => [row.id, row])).values()];
  return prepareSubjects(db(), distinct, ctx.now);
}

async function listOfPrincipal(
  ctx: Context,
  query: EffectiveQuery,
  id: string,
): Promise<Page<EffectiveItem>> {
  const registry = await openGrantRegistry(db(), ctx, query.registry);
  const row = await openPrincipal(db(), ctx, id);
  const subject = await loadSubject(db(), row, ctx.now);
  const grants = await listHeldGrants(db(), {
    registryId: registry.id,
    principalIds: [...subject.principalIds],
  });
  const scope = evaluateScope(ctx.principal, "access.read");
  const protections = await loadProtections(db(), registry);
  const found = explainPatterns(grants, protections, subject, ctx.now).filter(({ pattern }) =>
    scopeOverlaps(scope, { registryId: registry.id, pattern }),
  );
  const cursor = parseCursor(query.cursor, "pattern");
  const rest = found.filter(({ pattern }) => cursor === null || pattern > String(cursor.value));
  const items = rest.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items: items.map((access) => ({
      principal: showSubject(subject),
      repository: null,
      pattern: access.pattern,
      actions: access.actions,
      because: access.because,
      withheld: access.withheld,
      expiresAt: access.expiresAt?.toISOString() ?? null,
      lastUsedAt: lastUseOf(grants, access.because),
    })),
    nextCursor:
      rest.length > items.length && last
        ? formatCursor({ sort: "pattern", value: last.pattern, id: "" })
        : null,
  };
}

/** May X do Y? With the reason, in a sentence. */
export async function checkAccess(ctx: Context, input: CheckAccessBody): Promise<AccessCheck> {
  const { registry: slug, repository, action } = input;
  const registry = await findAuthorizedRegistry(ctx, "access.read", slug, repository);
  const principal = await findPrincipalNamed(db(), input.principal);
  const check = await explainAccess({ principal, registry, repository, action, now: ctx.now });
  const isOpen = isOpenedByEmergency(registry.enforcement, action) && principal.id !== everyoneId;
  if (check.allowed || check.refusal === "disabled" || !isOpen) return check;
  const because = `Enforcement is suspended in ${slug}: whoever signs in may pull and push everything until it is turned on again.`;
  return { allowed: true, because, grantId: null, refusal: null };
}

/** The same for services that have found out already whether the question may be asked. */
export async function explainAccess(question: {
  principal: { id: string | null; kind: string; name: string };
  registry: { id: number; slug: string; protectedPatterns: readonly string[] };
  repository: string;
  action: AccessAction;
  now: Date;
}): Promise<AccessCheck> {
  const { registry, repository, action, now } = question;
  const subject = await loadSubject(db(), question.principal, now);
  const grants = await listHeldGrants(db(), {
    registryId: registry.id,
    patterns: listCoveringPatterns(repository),
    principalIds: [...subject.principalIds],
  });
  const protections = await loadProtections(db(), registry);
  return explainAction(grants, protections, subject, { registry: registry.slug, repository }, action, now);
}

/**
 * What the person who asks may do at registries. What is given to everybody is told as far as it reaches into
 * what they see; what is given to them or their groups is theirs to know.
 */
export async function getMyAccess(ctx: Context): Promise<MyAccess> {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  if (ctx.principal.kind !== "user") return { username: null, groups: [], hasStaleGroups: false, items: [] };
  const principal = await findPrincipalNamed(db(), `user:${ctx.principal.name}`);
  const subject = await loadSubject(db(), principal, ctx.now);
  const grants = await listHeldGrants(db(), { principalIds: [...subject.principalIds] });
  const registries = await listGrantRegistries(db(), [...new Set(grants.map((grant) => grant.registryId))]);
  const sees = evaluateScope(ctx.principal, "repositories.read");
  const known = grants.filter((grant) => grant.principal.kind !== "built-in" || scopeOverlaps(sees, grant));
  const items = await Promise.all(
    registries.map((registry) =>
      explainRegistry(
        ctx,
        registry,
        known.filter((grant) => grant.registryId === registry.id),
        subject,
      ),
    ),
  );
  const groups = new Set(
    grants.filter((grant) => grant.principal.kind === "group").map((grant) => grant.principal.name),
  );
  const { hasStaleGroups } = subject;
  return {
    username: ctx.principal.name,
    groups: [...groups].toSorted(),
    hasStaleGroups,
    items: items.flat(),
  };
}

async function explainRegistry(
  ctx: Context,
  registry: GrantRegistryRow,
  grants: readonly HeldGrantRow[],
  subject: Subject,
): Promise<MyAccess["items"]> {
  const protections = await loadProtections(db(), registry);
  const items: MyAccess["items"] = explainPatterns(grants, protections, subject, ctx.now).map((access) => ({
    registry: registry.slug,
    pattern: access.pattern,
    actions: access.actions,
    withheld: access.withheld,
    because: access.because,
    expiresAt: access.expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUseOf(grants, access.because),
  }));
  const catalog = subject.isDisabled ? null : evaluateCatalog(toRules(grants), subject, ctx.now.getTime());
  const grant = grants.find((one) => one.id === catalog);
  if (grant)
    items.push({
      registry: registry.slug,
      pattern: null,
      actions: ["catalog"],
      withheld: [],
      because: [{ grantId: grant.id, text: "May list all repositories by a grant of its own." }],
      expiresAt: grant.expiresAt?.toISOString() ?? null,
      lastUsedAt: grant.use?.lastUsedAt.toISOString() ?? null,
    });
  return items;
}

function lastUseOf(grants: readonly HeldGrantRow[], because: readonly Because[]): string | null {
  const ids = new Set(because.map((one) => one.grantId));
  const uses = grants.flatMap((grant) => (ids.has(grant.id) && grant.use ? [grant.use.lastUsedAt] : []));
  return uses.toSorted((a, b) => b.getTime() - a.getTime())[0]?.toISOString() ?? null;
}

function showSubject({ id, kind, name }: Subject) {
  return { id: id ?? "", kind: kind as PrincipalKind, name };
}

/** A page of what is in memory, by name and id. */
function cutByName<T>(
  rows: readonly T[],
  subjectOf: (row: T) => Subject,
  { cursor: text, limit }: { cursor?: string; limit: number },
): Page<T> {
  const cursor = parseCursor(text, "name");
  const keyOf = (row: T) => `${subjectOf(row).name}\u0000${subjectOf(row).id}`;
  const after = cursor === null ? "" : `${cursor.value}\u0000${cursor.id}`;
  const rest = rows
    .map((row) => ({ row, key: keyOf(row) }))
    .filter(({ key }) => key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const items = rest.slice(0, limit).map(({ row }) => row);
  const last = items.at(-1);
  const nextCursor =
    rest.length > limit && last !== undefined
      ? formatCursor({ sort: "name", value: subjectOf(last).name, id: subjectOf(last).id ?? "" })
      : null;
  return { items, nextCursor };
}
