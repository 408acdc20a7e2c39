import { getFreshAccess } from "#lib/tokens/access-gate";
import type { RegistryRecord, SigningKeyRecord } from "#lib/tokens/access-rows";
import { formatIssuer } from "#lib/tokens/names";
import type { GrantedAccess } from "#lib/tokens/rules-decision";
import { isLeafDue, renewCertificate } from "#lib/tokens/service-keys";
import { signToken } from "#lib/tokens/sign-token";

/** Tokens of this second: for the same principal, registry and access the same one is as good. */
let signed = new Map<string, string>();
let signedSecond = 0;

/** Signs with the current key of a registry; its certificate is renewed in time, beside the requests. */
export async function signCurrent(
  key: SigningKeyRecord,
  registry: RegistryRecord,
  subject: string,
  access: readonly GrantedAccess[],
  issuedAtSeconds = Math.floor(Date.now() / 1000),
): Promise<string> {
  const usable = await ensureCertificate(key, registry);
  if (signedSecond !== issuedAtSeconds) {
    signedSecond = issuedAtSeconds;
    signed = new Map();
  }
  const place = JSON.stringify([
    usable.id,
    usable.leafExpiresAtMs,
    registry.tokenMode,
    registry.slug,
    subject,
    access,
  ]);
  let token = signed.get(place);
  if (token === undefined) {
    token = signToken(usable, registry, { issuer: formatIssuer(), subject, access, issuedAtSeconds });
    signed.set(place, token);
  }
  return token;
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
