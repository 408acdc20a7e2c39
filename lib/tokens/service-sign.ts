import { getFreshAccess } from "#lib/tokens/access-gate";
import type { RegistryRecord, SigningKeyRecord } from "#lib/tokens/access-rows";
import { formatIssuer } from "#lib/tokens/names";
import type { GrantedAccess } from "#lib/tokens/rules-decision";
import { isLeafDue, renewCertificate } from "#lib/tokens/service-keys";
import { signToken } from "#lib/tokens/sign-token";

export interface SignedToken {
  token: string;
  issuedAtSeconds: number;
}

/** So long the same principal, asking for the same at the same registry, is given the same token. */
const reusedForSeconds = 10;
const maxKept = 8_000;
/** Two generations, so that what is old goes without a search. */
let young = new Map<string, SignedToken>();
let old = new Map<string, SignedToken>();
let youngSinceSeconds = 0;

/**
 * Signs with the current key of a registry; its certificate is renewed in time, beside the requests. When a hundred
 * nodes pull one image, one signature serves them: the access is decided anew for each, only its token is not.
 */
export async function signCurrent(
  key: SigningKeyRecord,
  registry: RegistryRecord,
  subject: string,
  access: readonly GrantedAccess[],
  nowSeconds = Math.floor(Date.now() / 1000),
): Promise<SignedToken> {
  const usable = await ensureCertificate(key, registry);
  const place = JSON.stringify([
    usable.id,
    usable.leafExpiresAtMs,
    registry.tokenMode,
    registry.slug,
    subject,
    access,
  ]);
  const known = young.get(place) ?? old.get(place);
  // A clock that was put back must not give tokens of the future.
  if (known !== undefined && isRecent(known, nowSeconds)) return known;
  if (young.size >= maxKept || Math.abs(nowSeconds - youngSinceSeconds) >= reusedForSeconds) {
    old = young;
    young = new Map();
    youngSinceSeconds = nowSeconds;
  }
  const content = { issuer: formatIssuer(), subject, access, issuedAtSeconds: nowSeconds };
  const signed = { token: signToken(usable, registry, content), issuedAtSeconds: nowSeconds };
  young.set(place, signed);
  return signed;
}

function isRecent({ issuedAtSeconds }: SignedToken, nowSeconds: number): boolean {
  return nowSeconds >= issuedAtSeconds && nowSeconds < issuedAtSeconds + reusedForSeconds;
}

async function ensureCertificate(key: SigningKeyRecord, registry: RegistryRecord): Promise<SigningKeyRecord> {
  const nowMs = Date.now();
  if (registry.tokenMode !== "certificate" || !isLeafDue(key.leafExpiresAtMs, nowMs)) return key;
  const renewal = renewCertificate(key.id);
  if ((key.leafExpiresAtMs ?? 0) > nowMs) {
    // The old one serves until the new one is there.
    renewal.catch(() => undefined);
    return key;
  }
  await renewal;
  return (await getFreshAccess()).findCurrentKey(registry.id) ?? key;
}
