import { recordAudit } from "#lib/audit/service";
import { type Context, nobody } from "#lib/auth/context";
import { db, type Tx } from "#lib/db/client";
import { findSignInUser, recordOidcIdentity, recordSignIn, type SignInUser } from "#lib/people/identity";
import { readLogin } from "#lib/people/login";
import type { OidcProfile } from "#lib/people/oidc-profile";
import { verifyPassword } from "#lib/people/password";
import { clearSignInPoints, prepareLimitKeys, takeSignInPoint } from "#lib/sessions/rate-limit";
import { dropOldSessions, endSession, insertSession } from "#lib/sessions/store";
import type { OidcSettings } from "#lib/settings/oidc-settings";

/** However busy it is, a session ends after this long. */
export const sessionMaxMs = 7 * 24 * 3_600_000;
const longestPassword = 256;

export type SignInResult =
  | { ok: true; sessionId: string; login: string }
  | { ok: false; reason: "refused" }
  | { ok: false; reason: "throttled"; retryAfterSeconds: number };

/**
 * Signs in with a local account. An unknown login, a wrong password, an account without a password and a disabled
 * one are the same refusal after the same work.
 */
export async function signInWithPassword(
  ctx: Context,
  typedLogin: string,
  password: string,
  endingSessionId: string | null = null,
): Promise<SignInResult> {
  const login = readLogin(typedLogin);
  const keys = prepareLimitKeys(login ?? typedLogin.slice(0, 1000), ctx.address);
  const pass = await takeSignInPoint(keys, ctx.now);
  if (!pass.ok) {
    if (pass.first) await recordRefusal(ctx, prepareTarget(typedLogin, null), "too many tries");
    return { ok: false, reason: "throttled", retryAfterSeconds: pass.retryAfterSeconds };
  }
  const user = login === null ? null : await findSignInUser(login);
  const usable = password.length <= longestPassword ? password : "";
  const right = await verifyPassword(user?.passwordHash ?? null, usable);
  if (!user || !right || user.disabledAt) {
    await recordRefusal(ctx, prepareTarget(typedLogin, user), "wrong login or password");
    return { ok: false, reason: "refused" };
  }
  await clearSignInPoints(keys, ctx.now);
  const sessionId = await db().$transaction(async (tx) => {
    await recordSignIn(tx, user.id, ctx.now);
    return openSession(tx, ctx, user, "password", endingSessionId);
  });
  return { ok: true, sessionId, login: user.login };
}

/** Signs in somebody whose identity token has been verified. */
export async function signInWithOidc(
  ctx: Context,
  profile: OidcProfile,
  roleMap: OidcSettings["roleMap"],
  endingSessionId: string | null = null,
): Promise<SignInResult> {
  return db().$transaction(async (tx): Promise<SignInResult> => {
    const user = await recordOidcIdentity(tx, { ...ctx, principal: nobody }, profile, roleMap);
    if (user.disabledAt) {
      await writeRefusal(tx, ctx, user.login, "disabled account");
      return { ok: false, reason: "refused" };
    }
    const sessionId = await openSession(tx, ctx, user, "oidc", endingSessionId);
    return { ok: true, sessionId, login: user.login };
  });
}

async function openSession(
  tx: Tx,
  ctx: Context,
  user: SignInUser,
  way: "password" | "oidc",
  endingSessionId: string | null,
): Promise<string> {
  await dropOldSessions(tx, new Date(ctx.now.getTime() - 30 * 24 * 3_600_000));
  // A session that was open in this browser ends here: its id is worth nothing from now on.
  if (endingSessionId) await endSession(tx, endingSessionId, ctx.now);
  const sessionId = await insertSession(tx, {
    userId: user.id,
    address: ctx.address,
    agent: ctx.agent,
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + sessionMaxMs),
  });
  await recordAudit(tx, asUser(ctx, user.id, user.login), {
    action: "session.open",
    target: user.login,
    after: { way },
  });
  return sessionId;
}

/** Ends the session that signs out. Nothing happens when it has ended before. */
export async function signOut(ctx: Context, sessionId: string): Promise<void> {
  await db().$transaction(async (tx) => {
    const ended = await endSession(tx, sessionId, ctx.now);
    if (!ended) return;
    await recordAudit(tx, asUser(ctx, ended.userId, ended.login), {
      action: "session.close",
      target: ended.login,
    });
  });
}

async function recordRefusal(ctx: Context, target: string, reason: string): Promise<void> {
  await db().$transaction((tx) => writeRefusal(tx, ctx, target, reason));
}

/** A login that nobody has is cut short: people type passwords into the wrong field. */
function prepareTarget(typedLogin: string, user: SignInUser | null): string {
  if (user) return user.login;
  const login = readLogin(typedLogin);
  return login ? `${login.slice(0, 4)}…` : "(not a login)";
}

async function writeRefusal(tx: Tx, ctx: Context, target: string, reason: string): Promise<void> {
  await recordAudit(
    tx,
    { ...ctx, principal: nobody },
    { action: "session.refused", target, outcome: "denied", after: { reason } },
  );
}

function asUser(ctx: Context, id: string, name: string): Context {
  return { ...ctx, principal: { kind: "user", id, name, bindings: [], sessionId: null } };
}
