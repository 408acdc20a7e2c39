import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { db, type Tx } from "#lib/db/client";
import { prepareOidcLogin } from "#lib/people/login";
import { evaluateGroupRoles, type OidcProfile } from "#lib/people/oidc-profile";
import {
  findByIdentity,
  findByLogin,
  insertUser,
  listLoginsLike,
  listOidcRoles,
  lockPeople,
  markSignedIn,
  replaceOidcRoles,
  type SignInUser,
} from "#lib/people/store-sign-in";
import type { OidcSettings } from "#lib/settings/oidc-settings";

export type { SignInUser } from "#lib/people/store-sign-in";

/** For sign-in only: the account of a login, with its password hash. */
export function findSignInUser(login: string): Promise<SignInUser | null> {
  return findByLogin(db(), login);
}

export async function recordSignIn(tx: Tx, userId: string, now: Date): Promise<void> {
  await markSignedIn(tx, userId, now);
}

/**
 * The account of a verified identity, made at its first sign-in. Issuer and subject decide; an equal e-mail address
 * or name never leads to somebody else's account. Roles that came from groups are replaced by those of today.
 */
export async function recordOidcIdentity(
  tx: Tx,
  ctx: Context,
  profile: OidcProfile,
  roleMap: OidcSettings["roleMap"],
): Promise<SignInUser> {
  await lockPeople(tx);
  const found = await findByIdentity(tx, profile.issuer, profile.subject);
  const user = found ?? (await createOidcUser(tx, ctx, profile));
  if (user.disabledAt) return user;
  await markSignedIn(tx, user.id, ctx.now, {
    name: profile.name,
    email: profile.email,
    groups: profile.groups,
  });
  const before = await listOidcRoles(tx, user.id);
  const after = evaluateGroupRoles(profile.groups, roleMap);
  if (before.toSorted().join() !== after.toSorted().join()) {
    await replaceOidcRoles(tx, user.id, after);
    await recordAudit(tx, ctx, {
      action: "role-binding.follow-groups",
      target: user.login,
      before: { roles: before },
      after: { roles: after },
    });
  }
  return user;
}

async function createOidcUser(tx: Tx, ctx: Context, profile: OidcProfile): Promise<SignInUser> {
  const draft = prepareOidcLogin(profile.preferredLogin, new Set());
  const login = prepareOidcLogin(profile.preferredLogin, new Set(await listLoginsLike(tx, draft)));
  const user = await insertUser(tx, {
    login,
    name: profile.name,
    email: profile.email,
    oidcIssuer: profile.issuer,
    oidcSubject: profile.subject,
    createdAt: ctx.now,
  });
  await recordAudit(tx, ctx, {
    action: "user.create",
    target: login,
    after: { login, name: profile.name, issuer: profile.issuer, subject: profile.subject },
  });
  return user;
}
