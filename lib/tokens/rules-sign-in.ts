import type { PrincipalRecord, SecretRecord } from "#lib/tokens/access-rows";
import type { DenialReason } from "#lib/tokens/schema";

/** Who signed in; every id null for nobody. */
export interface SignedIn {
  principal: PrincipalRecord | null;
  secretId: string | null;
  trustRuleId: string | null;
}

export type SignInOutcome =
  | { ok: true; who: SignedIn }
  | {
      ok: false;
      reason: Extract<
        DenialReason,
        "wrong-credentials" | "expired-secret" | "revoked-secret" | "disabled" | "not-trusted"
      >;
      /** Set when what was shown was once right. */
      principal: PrincipalRecord | null;
    };

export const nobody: SignedIn = { principal: null, secretId: null, trustRuleId: null };

/** What a secret is worth: the very one that belongs to the name, live, of somebody who is not switched off. */
export function judgeSecret(
  secret: SecretRecord | null,
  principal: PrincipalRecord | null,
  username: string | null,
  nowMs: number,
): SignInOutcome {
  if (secret === null || principal === null || (username !== null && principal.name !== username))
    return { ok: false, reason: "wrong-credentials", principal: null };
  if (secret.revoked) return { ok: false, reason: "revoked-secret", principal };
  if (secret.expiresAtMs !== null && secret.expiresAtMs <= nowMs)
    return { ok: false, reason: "expired-secret", principal };
  if (principal.disabled) return { ok: false, reason: "disabled", principal };
  return { ok: true, who: { principal, secretId: secret.id, trustRuleId: null } };
}

/** 256 random bits after a prefix by which scanners know them. */
const secretForm = /^wfs_[A-Za-z0-9_-]{43}$/;

export function isSecretForm(text: string): boolean {
  return secretForm.test(text);
}

/** `robot:ci`: what stands as sub in a token, and never belongs to anybody else. */
export function formatSubject(principal: Pick<PrincipalRecord, "kind" | "name"> | null): string {
  return principal === null ? "" : `${principal.kind}:${principal.name}`;
}
