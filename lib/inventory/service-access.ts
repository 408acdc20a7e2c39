import { authorize, authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { matchesPattern } from "#lib/auth/pattern";
import type { Permission } from "#lib/auth/permissions";
import { canSeeRegistry, isPermitted } from "#lib/auth/rules";
import { NotFoundError } from "#lib/http/errors";
import type { RegistryState } from "#lib/inventory/schema";
import { findRegistryRow, listRegistryRows, type RegistryRow } from "#lib/inventory/store-read-registries";
import { findRepositoryRow, type RepositoryRow } from "#lib/inventory/store-read-repositories";

export interface OpenedRepository {
  registry: RegistryRow;
  repository: RepositoryRow;
}

/** The registry, for callers who may know that it exists. */
export async function openRegistry(ctx: Context, slug: string): Promise<RegistryRow> {
  authorizeSomewhere(ctx, "repositories.read");
  const registry = await findRegistryRow(slug);
  if (!registry || !canSeeRegistry(ctx.principal, registry.id))
    throw new NotFoundError(`The registry ${slug} does not exist, or you may not see it.`);
  return registry;
}

/** The repository after the permission was checked for it: what may not be seen is as if it did not exist. */
export async function openRepository(
  ctx: Context,
  permission: Permission,
  slug: string,
  name: string,
): Promise<OpenedRepository> {
  const found = await findAuthorizedRegistry(ctx, permission, slug, name);
  const repository = await findRepositoryRow(found.id, name);
  if (!repository) throw new NotFoundError(missingSentence(slug, name));
  return { registry: found, repository };
}

/** As openRepository, for a repository that the inventory may not know yet. */
export async function findAuthorizedRegistry(
  ctx: Context,
  permission: Permission,
  slug: string,
  name: string,
): Promise<RegistryRow> {
  authorizeSomewhere(ctx, permission);
  const registry = await findRegistryRow(slug);
  const target = registry ? { registryId: registry.id, repository: name } : null;
  if (!registry || !target || !isPermitted(ctx.principal, "repositories.read", target))
    throw new NotFoundError(missingSentence(slug, name));
  authorize(ctx, permission, target, `The repository ${slug}/${name}`);
  return registry;
}

/** One sentence for the missing and the unseen, so that nobody can tell them apart. */
function missingSentence(slug: string, name: string): string {
  return `The repository ${slug}/${name} does not exist, or you may not see it.`;
}

/** Registries that the caller may know of. */
export async function listVisibleRegistries(ctx: Context): Promise<RegistryRow[]> {
  const rows = await listRegistryRows();
  return rows.filter((row) => canSeeRegistry(ctx.principal, row.id));
}

export function isProtected(registry: RegistryRow, repository: string): boolean {
  return registry.protectedPatterns.some((pattern) => matchesPattern(pattern, repository));
}

export function toRegistryState(row: RegistryRow): RegistryState {
  return {
    slug: row.slug,
    name: row.name,
    host: hostOf(row.url),
    state: row.state,
    stateDetail: row.stateDetail,
    stateSince: row.stateSince.toISOString(),
    lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null,
    lastEventAt: row.lastEventAt?.toISOString() ?? null,
    pullsSince: row.pullsSince?.toISOString() ?? null,
    disconnectedAt: row.disconnectedAt?.toISOString() ?? null,
  };
}

/** Host and port as clients write them: the default port of the scheme is left out. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
