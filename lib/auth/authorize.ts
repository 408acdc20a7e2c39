import type { Context } from "#lib/auth/context";
import type { Permission } from "#lib/auth/permissions";
import { canSeeRegistry, isPermitted, isPermittedSomewhere, type Target } from "#lib/auth/rules";
import { ForbiddenError, NotFoundError, UnauthenticatedError } from "#lib/http/errors";

/**
 * Throws unless the caller holds the permission for the target. What somebody may not see does not exist
 * for them: NotFoundError. What they see but may not do: ForbiddenError.
 */
export function authorize(ctx: Context, permission: Permission, target?: Target, what = "This"): void {
  const { principal } = ctx;
  if (principal.kind === "nobody") throw new UnauthenticatedError();
  if (isPermitted(principal, permission, target)) return;
  if (target && !canSee(ctx, target))
    throw new NotFoundError(`${what} does not exist, or you may not see it.`);
  throw new ForbiddenError(permission);
}

/** For lists: the caller must hold the permission for something; the query is narrowed by evaluateScope. */
export function authorizeSomewhere(ctx: Context, permission: Permission): void {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  if (!isPermittedSomewhere(ctx.principal, permission)) throw new ForbiddenError(permission);
}

function canSee(ctx: Context, target: Target): boolean {
  if (target.repository === undefined) return canSeeRegistry(ctx.principal, target.registryId);
  return isPermitted(ctx.principal, "repositories.read", target);
}
