import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { missingRegistry, scopeContains, scopeOverlaps } from "#lib/auth/reach";
import { canSeeRegistry, evaluateScope, isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import { applyDocument } from "#lib/grants/apply-document";
import { formatGrantsDocument } from "#lib/grants/format-document";
import { type GrantsDocument, parseGrantsDocument } from "#lib/grants/parse-document";
import { type PlannedDocument, type PresentState, planDocument } from "#lib/grants/plan-document";
import type { DocumentPlan } from "#lib/grants/schema";
import type { DocumentProblem } from "#lib/grants/split-document";
import type { GrantRegistryRow } from "#lib/grants/store";
import {
  listAllPushers,
  listDocumentGrants,
  listDocumentPrincipals,
  listDocumentRegistries,
  listKnownLogins,
  listNamedPrincipals,
} from "#lib/grants/store-document";
import { HttpError } from "#lib/http/errors";
import { lockAccess } from "#lib/principals/lock-access";
import { formatPrincipalReference, parsePrincipalReference } from "#lib/principals/rules";

interface Place {
  /** Null: every registry that the caller sees. */
  slug: string | undefined;
}

/** What the caller sees of principals, grants and protections, as one YAML document; never a secret. */
export async function exportDocument(
  ctx: Context,
  registry: string | undefined,
): Promise<{ document: string }> {
  authorizeSomewhere(ctx, "access.read");
  const { present } = await loadPresent(db(), ctx, { slug: registry }, null);
  const document = formatGrantsDocument({
    principals: present.principals
      .filter((one) => one.kind !== "group" || one.description !== "")
      .map((one) => ({ ...one, reference: formatPrincipalReference(one) })),
    grants: present.grants,
    protections: present.registries.flatMap(({ slug, protections }) =>
      protections.map((one) => ({ registry: slug, ...one })),
    ),
  });
  return { document };
}

/** What would change; nothing is stored. An error refuses the document as a whole. */
export async function planGrantsDocument(
  ctx: Context,
  text: string,
  registry: string | undefined,
): Promise<DocumentPlan> {
  authorizeSomewhere(ctx, "access.write");
  const wanted = await requireDocument(text);
  const { present } = await loadPresent(db(), ctx, { slug: registry }, wanted);
  return showPlan(requirePlan(planDocument(present, wanted, ctx.now)), false);
}

/** Makes it so, all of it in one transaction. */
export async function applyGrantsDocument(
  ctx: Context,
  text: string,
  registry: string | undefined,
): Promise<DocumentPlan> {
  authorizeSomewhere(ctx, "access.write");
  const wanted = await requireDocument(text);
  return db().$transaction(
    async (tx) => {
      await lockAccess(tx);
      const { present, registries } = await loadPresent(tx, ctx, { slug: registry }, wanted);
      const plan = requirePlan(planDocument(present, wanted, ctx.now));
      await applyDocument(tx, ctx, plan.changes, registries);
      return showPlan(plan, true);
    },
    { timeout: 300_000 },
  );
}

async function requireDocument(text: string): Promise<GrantsDocument> {
  const parsed = await parseGrantsDocument(text);
  if (!parsed.ok) throw refuse(parsed.problems);
  return parsed.document;
}

function requirePlan(plan: PlannedDocument): PlannedDocument {
  if (plan.problems.length > 0) throw refuse(plan.problems);
  return plan;
}

function refuse(problems: readonly DocumentProblem[]): HttpError {
  const sorted = problems.toSorted((a, b) => a.line - b.line).slice(0, 100);
  const fields = sorted.map(({ line, message }) => ({
    field: "document",
    message: `Line ${line}: ${message}`,
  }));
  const [first] = fields;
  return new HttpError(422, "invalid", `Nothing was changed. ${first?.message ?? ""}`, fields);
}

function showPlan({ items, unchanged }: PlannedDocument, applied: boolean): DocumentPlan {
  return { items, unchanged, applied };
}

async function loadPresent(
  tx: Tx,
  ctx: Context,
  place: Place,
  wanted: GrantsDocument | null,
): Promise<{ present: PresentState; registries: GrantRegistryRow[] }> {
  const all = (await listDocumentRegistries(tx)).filter((row) => canSeeRegistry(ctx.principal, row.id));
  const registries = place.slug === undefined ? all : all.filter((row) => row.slug === place.slug);
  if (place.slug !== undefined && registries.length === 0) throw missingRegistry(place.slug);
  const reads = evaluateScope(ctx.principal, "access.read");
  const writes = evaluateScope(ctx.principal, "access.write");
  const bySlug = new Map(registries.map((row) => [row.slug, row.id]));
  const slugs = new Map(registries.map((row) => [row.id, row.slug]));
  const registryIds = registries.map((row) => row.id);
  const whole = registryIds.filter((registryId) => scopeContains(reads, { registryId, pattern: null }));
  const grants = await listDocumentGrants(tx, { scope: reads, registryIds, whole }, ctx.now);
  const pushers = await listAllPushers(tx, registryIds);
  const principals = await loadPrincipals(tx, ctx, place, wanted);
  const isEverything = place.slug === undefined && isPermitted(ctx.principal, "access.write");
  const present: PresentState = {
    ...principals,
    logins: await listKnownLogins(tx, listLogins(wanted)),
    grants: grants.map((row) => ({
      id: row.id,
      principal: formatPrincipalReference(row.principal),
      registry: slugs.get(row.registryId) ?? "",
      pattern: row.pattern,
      actions: row.actions,
      until: row.expiresAt?.toISOString() ?? null,
      reason: row.reason,
      canWrite: scopeContains(writes, row),
    })),
    registries: registries.map((registry) => ({
      slug: registry.slug,
      canProtect: isPermitted(ctx.principal, "protections.write", { registryId: registry.id }),
      protections: registry.protectedPatterns
        .filter((pattern) => scopeOverlaps(reads, { registryId: registry.id, pattern }))
        .map((pattern) => ({
          pattern,
          pushers: pushers
            .filter((row) => row.registryId === registry.id && row.pattern === pattern)
            .map((row) => formatPrincipalReference(row.principal)),
        })),
    })),
    removesPrincipals: isEverything,
    canWrite: (slug, pattern) => {
      const registryId = bySlug.get(slug);
      return registryId !== undefined && scopeContains(writes, { registryId, pattern });
    },
  };
  return { present, registries };
}

async function loadPrincipals(
  tx: Tx,
  ctx: Context,
  place: Place,
  wanted: GrantsDocument | null,
): Promise<Pick<PresentState, "principals" | "deleted">> {
  const userId = ctx.principal.kind === "user" ? ctx.principal.id : null;
  const everywhere = isPermitted(ctx.principal, "access.write");
  const scope = evaluateScope(ctx.principal, "access.read");
  const registries = place.slug === undefined ? [] : await listDocumentRegistries(tx);
  const registryId = registries.find((row) => row.slug === place.slug)?.id ?? null;
  const seen = await listDocumentPrincipals(tx, { scope, registryId, userId }, ctx.now);
  // What the document names is looked for by itself: it may be there without holding anything.
  const named = wanted ? await listNamedPrincipals(tx, listNames(wanted)) : [];
  const rows = new Map(
    [...seen, ...named.filter((row) => row.deletedAt === null)].map((row) => [row.id, row]),
  );
  const canChange = (row: { kind: string; ownerId: string | null }) =>
    everywhere ||
    (row.kind !== "group" &&
      row.ownerId !== null &&
      row.ownerId === userId &&
      isPermittedSomewhere(ctx.principal, "access.write"));
  return {
    principals: [...rows.values()].map((row) => ({
      id: row.id,
      kind: row.kind,
      name: row.name,
      description: row.description,
      owner: row.owner?.login ?? null,
      disabled: row.disabledAt !== null,
      canChange: canChange(row),
    })),
    deleted: new Set(named.filter((row) => row.deletedAt !== null).map(formatPrincipalReference)),
  };
}

function listNames(wanted: GrantsDocument): { kind: string; name: string }[] {
  const references = [
    ...(wanted.grants ?? []).map((grant) => grant.principal),
    ...(wanted.protections ?? []).flatMap((protection) => protection.pushers),
  ].flatMap((text) => parsePrincipalReference(text) ?? []);
  return [
    ...(wanted.principals ?? []),
    ...references.flatMap((one) => (one.by === "name" && one.kind !== "user" ? [one] : [])),
  ];
}

function listLogins(wanted: GrantsDocument | null): string[] {
  if (!wanted) return [];
  const references = [
    ...(wanted.grants ?? []).map((grant) => grant.principal),
    ...(wanted.protections ?? []).flatMap((protection) => protection.pushers),
  ].flatMap((text) => parsePrincipalReference(text) ?? []);
  return [
    ...references.flatMap((one) => (one.by === "name" && one.kind === "user" ? [one.name] : [])),
    ...(wanted.principals ?? []).flatMap((principal) => principal.owner ?? []),
  ];
}
