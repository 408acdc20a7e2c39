import type { Context } from "#lib/auth/context";
import { patternContains, patternsOverlap } from "#lib/auth/pattern-overlap";
import type { Permission } from "#lib/auth/permissions";
import { evaluateScope, isPermittedSomewhere, type Scope } from "#lib/auth/rules";
import { ForbiddenError, NotFoundError, UnauthenticatedError } from "#lib/http/errors";

/** Repositories of one registry: those that a pattern matches, or with null the registry as a whole. */
export interface Reach {
  registryId: number;
  pattern: string | null;
}

/** Whether a permission that is held in the scope is held for every repository of the reach. */
export function scopeContains(scope: Scope, { registryId, pattern }: Reach): boolean {
  if (scope.everywhere) return true;
  return listPatternsIn(scope, registryId).some(
    // A role for ** is held for every repository, and still not for the registry itself.
    (held) => held === null || (pattern !== null && patternContains(held, pattern)),
  );
}

/** Whether it is held for any of them. */
export function scopeOverlaps(scope: Scope, { registryId, pattern }: Reach): boolean {
  return scope.everywhere || listPatternsIn(scope, registryId).some((held) => patternsOverlap(held, pattern));
}

/** Whether somebody who reads in this scope sees a row of this reach: what is about the registry itself, only in whole. */
export function scopeShows(scope: Scope, reach: Reach): boolean {
  return reach.pattern === null ? scopeContains(scope, reach) : scopeOverlaps(scope, reach);
}

/** The patterns of a scope that hold in one registry; null among them stands for all of it. */
export function listPatternsIn(scope: Scope, registryId: number): (string | null)[] {
  if (scope.everywhere) return [null];
  return scope.rules
    .filter((rule) => rule.registryId === null || rule.registryId === registryId)
    .map((rule) => rule.pattern);
}

/**
 * Throws unless the caller holds the permission for every repository of the reach. Where they see nothing of it, it
 * does not exist for them.
 */
export function authorizeReach(ctx: Context, permission: Permission, reach: Reach, slug: string): void {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  if (!isPermittedSomewhere(ctx.principal, permission)) throw new ForbiddenError(permission);
  if (scopeContains(evaluateScope(ctx.principal, permission), reach)) return;
  if (!scopeOverlaps(evaluateScope(ctx.principal, "repositories.read"), reach)) throw missingRegistry(slug);
  throw new ForbiddenError(
    permission,
    `Your roles hold the permission ${permission} for a part of this only: ${reach.pattern ?? "the whole registry"} in ${slug} reaches further.`,
  );
}

/** One sentence for the missing and the unseen, so that nobody can tell them apart. */
export function missingRegistry(slug: string): NotFoundError {
  return new NotFoundError(`There is nothing of that in a registry ${slug}, or you may not see it.`);
}
