import { recordAudit } from "#lib/audit/service";
import { authorize, authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { listPatternsIn, scopeOverlaps } from "#lib/auth/reach";
import { evaluateScope } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import { countRegion, restrictRegion } from "#lib/grants/rules-regions";
import type { Protection, ProtectionsBody } from "#lib/grants/schema";
import { openGrantRegistry } from "#lib/grants/service";
import type { GrantRegistryRow } from "#lib/grants/store";
import { countPatterns } from "#lib/grants/store-access";
import {
  deletePushersBeside,
  listPushers,
  replacePushers,
  writeProtectedPatterns,
} from "#lib/grants/store-protections";
import { InvalidError } from "#lib/http/errors";
import { lockAccess } from "#lib/principals/lock-access";
import { resolvePrincipal } from "#lib/principals/resolve-principal";
import { formatPrincipalReference } from "#lib/principals/rules";
import type { PrincipalKind } from "#lib/principals/schema";

/** Protected patterns that reach into what the caller sees, and who may push and delete there. */
export async function listProtections(ctx: Context, slug: string): Promise<{ items: Protection[] }> {
  authorizeSomewhere(ctx, "access.read");
  const registry = await openGrantRegistry(db(), ctx, slug);
  return { items: await showProtections(db(), ctx, registry) };
}

/** Replaces the list as a whole: what is not in it is protected no more. */
export async function writeProtections(
  ctx: Context,
  slug: string,
  input: ProtectionsBody,
): Promise<{ items: Protection[] }> {
  authorizeSomewhere(ctx, "protections.write");
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const registry = await openGrantRegistry(tx, ctx, slug);
    authorize(ctx, "protections.write", { registryId: registry.id }, `The registry ${slug}`);
    const changed = await writeProtectionsIn(tx, ctx, registry, input);
    return { items: await showProtections(tx, ctx, changed) };
  });
}

/** Within the transaction of a larger change; the lock of access is held and the permission was checked. */
export async function writeProtectionsIn(
  tx: Tx,
  ctx: Context,
  registry: GrantRegistryRow,
  { items }: ProtectionsBody,
): Promise<GrantRegistryRow> {
  const wanted: { pattern: string; principalId: string }[] = [];
  const names = new Map<string, string[]>();
  for (const [index, { pattern, pushers }] of items.entries()) {
    if (names.has(pattern))
      throw new InvalidError(`items.${index}.pattern`, "This pattern is in the list already.");
    const written: string[] = [];
    for (const [at, reference] of pushers.entries()) {
      const field = `items.${index}.pushers.${at}`;
      const principal = await resolvePrincipal(tx, ctx, reference, field);
      if (principal.kind === "built-in")
        throw new InvalidError(field, "Name who may push here: everybody is nobody in particular.");
      wanted.push({ pattern, principalId: principal.id });
      written.push(formatPrincipalReference(principal));
    }
    names.set(pattern, written);
  }
  const before = await summarise(tx, registry);
  const patterns = [...names.keys()];
  await writeProtectedPatterns(tx, registry.id, patterns);
  await replacePushers(tx, registry.id, wanted, { createdAt: ctx.now, createdBy: ctx.principal.name });
  await recordAudit(tx, ctx, {
    action: "protections.change",
    target: registry.slug,
    registryId: registry.id,
    before: { protections: before },
    after: { protections: [...names].map(([pattern, pushers]) => ({ pattern, pushers })) },
  });
  return { ...registry, protectedPatterns: patterns };
}

/** After the protected patterns of a registry were changed by themselves: nobody stays named for what is none of them. */
export async function forgetPushersBeside(
  tx: Tx,
  registryId: number,
  patterns: readonly string[],
): Promise<void> {
  await deletePushersBeside(tx, registryId, patterns);
}

async function summarise(tx: Tx, registry: GrantRegistryRow) {
  const pushers = await listPushers(tx, registry.id);
  return registry.protectedPatterns.map((pattern) => ({
    pattern,
    pushers: pushers
      .filter((row) => row.pattern === pattern)
      .map((row) => formatPrincipalReference(row.principal)),
  }));
}

async function showProtections(tx: Tx, ctx: Context, registry: GrantRegistryRow): Promise<Protection[]> {
  const scope = evaluateScope(ctx.principal, "access.read");
  const seen = registry.protectedPatterns.filter((pattern) =>
    scopeOverlaps(scope, { registryId: registry.id, pattern }),
  );
  const limits = listPatternsIn(scope, registry.id);
  const regions = new Map(seen.map((pattern) => [pattern, restrictRegion([pattern], limits)]));
  const countOf = await countPatterns(tx, registry.id, [...regions.values()].flat());
  const pushers = await listPushers(tx, registry.id);
  return seen.map((pattern) => ({
    pattern,
    repositoryCount: countRegion(regions.get(pattern) ?? [], countOf),
    pushers: pushers
      .filter((row) => row.pattern === pattern)
      .map(({ principal: { id, kind, name } }) => ({ id, kind: kind as PrincipalKind, name })),
  }));
}
