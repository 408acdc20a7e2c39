import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { type Permission, permissionTable } from "#lib/auth/permissions";
import { listRegistrySlugs } from "#lib/auth/place";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { ConflictError, ForbiddenError, InvalidError, UnauthenticatedError } from "#lib/http/errors";
import { hashPassword, verifyPassword } from "#lib/people/password";
import type { Me } from "#lib/people/schema";
import { findPasswordHash, findUser, updateUser } from "#lib/people/store";
import { clearSignInPoints, prepareLimitKeys, requireSignInPoint } from "#lib/sessions/rate-limit";
import { endSessionsOf } from "#lib/sessions/service";

const permissions = Object.keys(permissionTable) as Permission[];

/** Who asks, and what they may do somewhere. */
export async function getMe(ctx: Context): Promise<Me> {
  const { principal } = ctx;
  if ((principal.kind !== "user" && principal.kind !== "api-key") || principal.id === null)
    throw new UnauthenticatedError();
  const user = principal.kind === "user" ? await findUser(db(), principal.id) : null;
  const slugs = await listRegistrySlugs(
    db(),
    principal.bindings.map((binding) => binding.registryId),
  );
  return {
    kind: principal.kind,
    id: principal.id,
    name: principal.name,
    displayName: user?.name ?? principal.name,
    sessionId: principal.sessionId,
    hasPassword: user !== null && user.oidcSubject === null,
    roles: principal.bindings.map(({ role, registryId, pattern }) => ({
      role,
      registry: registryId === null ? null : (slugs.get(registryId) ?? null),
      pattern,
    })),
    permissions: permissions
      .filter((permission) => isPermittedSomewhere(principal, permission))
      .map((permission) => ({ permission, everywhere: isPermitted(principal, permission) })),
  };
}

/** A password of one's own. The present one is asked for and its tries are counted; other sessions end. */
export async function changeOwnPassword(
  ctx: Context,
  input: { present: string; password: string },
): Promise<void> {
  const { principal } = ctx;
  if (principal.kind === "nobody") throw new UnauthenticatedError();
  if (principal.kind !== "user" || principal.id === null)
    throw new ForbiddenError(undefined, "Only a person who is signed in can change their password.");
  const userId = principal.id;
  const stored = await findPasswordHash(db(), userId);
  if (stored === null)
    throw new ConflictError("You sign in through the identity provider and have no password here.");
  const keys = prepareLimitKeys(principal.name, ctx.address);
  await requireSignInPoint(keys, ctx.now);
  if (!(await verifyPassword(stored, input.present)))
    throw new InvalidError("present", "This is not your present password.");
  await clearSignInPoints(keys, ctx.now);
  const passwordHash = await hashPassword(input.password);
  await db().$transaction(async (tx) => {
    await updateUser(tx, userId, { passwordHash });
    const ended = await endSessionsOf(tx, userId, ctx.now, principal.sessionId ?? undefined);
    await recordAudit(tx, ctx, {
      action: "user.change-password",
      target: principal.name,
      after: { sessionsEnded: ended },
    });
  });
}
