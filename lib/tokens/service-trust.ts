import { errors, jwtVerify } from "jose";
import { type JsonObject, parseJson } from "#lib/oci/json";
import { isJsonObject } from "#lib/oci/json-fields";
import { getFreshAccess } from "#lib/tokens/access-gate";
import type { AccessSnapshot } from "#lib/tokens/access-snapshot";
import { findIssuerKeys } from "#lib/tokens/issuer-keys";
import type { SignInOutcome } from "#lib/tokens/rules-sign-in";
import { matchesTrustRule, type TrustedClaims } from "#lib/tokens/rules-trust";

export type { TrustedClaims };

const longestToken = 16_384;
const longestHeader = 4_096;
const leewaySeconds = 60;
/** Asymmetric ones only: with a shared secret the public key would be it. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** A token never brings the key along that it is checked with. */
const forbiddenHeaders = ["jwk", "jku", "x5c", "x5u", "crit", "b64", "zip", "enc"];
const tokenTypes = new Set(["jwt", "at+jwt", "application/jwt", "application/at+jwt"]);
const form = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * What a token of an OpenID issuer says, or null unless it is right in every way: an issuer that a trust rule names,
 * signed by one of the keys that the issuer publishes, not expired, and saying nothing twice.
 */
export async function verifyIssuerToken(token: string): Promise<TrustedClaims | null> {
  const parts = token.length <= longestToken && form.test(token) ? token.split(".") : null;
  const header = parts && readPart(parts[0], longestHeader);
  const payload = parts && readPart(parts[1], longestToken);
  if (!header || !payload || !isHeaderAcceptable(header)) return null;
  const { iss, sub, exp } = payload;
  if (typeof iss !== "string" || typeof sub !== "string" || typeof exp !== "number") return null;
  // Nobody makes us ask an issuer that no rule names.
  if ((await getFreshAccess()).listTrustRules(iss).length === 0) return null;
  const kid = typeof header.kid === "string" ? header.kid : null;
  const keys = await findIssuerKeys(iss, kid, Date.now());
  if (keys === null) return null;
  try {
    const options = {
      algorithms,
      issuer: iss,
      clockTolerance: leewaySeconds,
      requiredClaims: ["sub", "exp", "aud"],
    };
    const verified = await jwtVerify(token, keys.find, options);
    const { aud } = verified.payload;
    const audiences = Array.isArray(aud) ? aud.filter((one) => typeof one === "string") : [aud ?? ""];
    return { issuer: iss, subject: sub, audiences, all: payload };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      return null;
    throw error;
  }
}

/** Whom verified claims stand for, of those with the name, or of all. */
export function findTrustedSignIn(
  snapshot: AccessSnapshot,
  claims: TrustedClaims | null,
  name: string | null,
): SignInOutcome {
  if (claims === null) return { ok: false, reason: "not-trusted", principal: null };
  let disabled: SignInOutcome | null = null;
  for (const rule of snapshot.listTrustRules(claims.issuer)) {
    const principal = snapshot.findPrincipal(rule.principalId);
    if (principal === null || (name !== null && principal.name !== name)) continue;
    if (!matchesTrustRule(rule, claims)) continue;
    if (principal.disabled) disabled = { ok: false, reason: "disabled", principal };
    else return { ok: true, who: { principal, secretId: null, trustRuleId: rule.id } };
  }
  return disabled ?? { ok: false, reason: "not-trusted", principal: null };
}

function readPart(part: string | undefined, longest: number): JsonObject | null {
  if (part === undefined || part.length > longest) return null;
  try {
    const value = parseJson(Buffer.from(part, "base64url"), { maxDepth: 16, maxValues: 2_000 });
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isHeaderAcceptable(header: JsonObject): boolean {
  const { alg, typ, kid } = header;
  if (typeof alg !== "string" || !algorithms.includes(alg)) return false;
  if (typ !== undefined && (typeof typ !== "string" || !tokenTypes.has(typ.toLowerCase()))) return false;
  if (kid !== undefined && (typeof kid !== "string" || kid.length > 256)) return false;
  return forbiddenHeaders.every((name) => !(name in header));
}
