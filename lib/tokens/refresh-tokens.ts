import { randomBytes } from "node:crypto";
import { db } from "#lib/db/client";
import { prepareHasher } from "#lib/secrets/service";
import type { AccessSnapshot } from "#lib/tokens/access-snapshot";
import { judgeSecret, type SignedIn, type SignInOutcome } from "#lib/tokens/rules-sign-in";
import { findRefreshToken, insertRefreshToken } from "#lib/tokens/store-refresh";

const lifeMs = 86_400_000;
const form = /^wfr_[A-Za-z0-9_-]{43}$/;

/** An opaque token, for one registry, that stands for the secret or trust rule it came from and dies with it. */
export async function issueRefreshToken(
  registryId: number,
  who: SignedIn,
  now: Date,
): Promise<string | null> {
  if (who.principal === null) return null;
  const token = `wfr_${randomBytes(32).toString("base64url")}`;
  await insertRefreshToken(db(), {
    tokenHash: (await prepareHasher("refresh-token"))(token),
    registryId,
    principalId: who.principal.id,
    secretId: who.secretId,
    trustRuleId: who.trustRuleId,
    createdAt: now,
    expiresAt: new Date(now.getTime() + lifeMs),
  });
  return token;
}

export interface KnownRefreshToken {
  registryId: number;
  principalId: string;
  secretId: string | null;
  trustRuleId: string | null;
  expiresAt: Date;
}

export async function findKnownRefreshToken(token: string): Promise<KnownRefreshToken | null> {
  if (!form.test(token)) return null;
  return findRefreshToken(db(), (await prepareHasher("refresh-token"))(token));
}

/** Whether it still stands for anybody, in this registry and now. */
export function judgeRefreshToken(
  snapshot: AccessSnapshot,
  token: KnownRefreshToken | null,
  registryId: number,
  nowMs: number,
): SignInOutcome {
  const wrong: SignInOutcome = { ok: false, reason: "wrong-credentials", principal: null };
  if (token === null || token.registryId !== registryId) return wrong;
  const principal = snapshot.findPrincipal(token.principalId);
  if (principal === null) return wrong;
  if (token.expiresAt.getTime() <= nowMs) return { ok: false, reason: "expired-secret", principal };
  if (token.secretId !== null)
    return judgeSecret(snapshot.findSecret(token.secretId), principal, null, nowMs);
  const rule = token.trustRuleId === null ? null : snapshot.findTrustRule(token.trustRuleId);
  if (rule === null || rule.principalId !== principal.id)
    return { ok: false, reason: "not-trusted", principal };
  if (principal.disabled) return { ok: false, reason: "disabled", principal };
  return { ok: true, who: { principal, secretId: null, trustRuleId: rule.id } };
}
