import { importPKCS8, SignJWT } from "jose";
import { openSecret } from "#lib/secrets/service";
import type { RegistryRecord, SigningKeyRecord } from "#lib/tokens/access-rows";
import { readCertificateBody } from "#lib/tokens/certificates";
import type { GrantedAccess } from "#lib/tokens/rules-decision";

export const tokenLifeSeconds = 300;
/** A registry without leeway whose clock is a little behind takes a new token too: zot looks at iat as at nbf. */
const earlySeconds = 10;

export interface TokenContent {
  issuer: string;
  /** Of the principal; empty for nobody. */
  subject: string;
  access: readonly GrantedAccess[];
  issuedAtSeconds: number;
}

interface Signer {
  record: SigningKeyRecord;
  mode: RegistryRecord["tokenMode"];
  key: Promise<CryptoKey>;
  header: { alg: "ES256"; typ: "JWT"; x5c?: string[]; kid?: string };
}

const signers = new Map<string, Signer>();
const maxSigners = 1_000;

/**
 * Signs a token that only the registry of the key takes. Certificate mode names the certificate and nothing else,
 * because distribution 3 with a key file refuses tokens that carry one; the other modes name the key.
 */
export async function signToken(
  record: SigningKeyRecord,
  registry: Pick<RegistryRecord, "slug" | "tokenMode">,
  content: TokenContent,
): Promise<string> {
  const signer = findSigner(record, registry.tokenMode);
  const { issuer, subject, access, issuedAtSeconds } = content;
  const claims = {
    iss: issuer,
    sub: subject,
    aud: registry.slug,
    exp: issuedAtSeconds + tokenLifeSeconds,
    nbf: issuedAtSeconds - earlySeconds,
    iat: issuedAtSeconds - earlySeconds,
    jti: crypto.randomUUID(),
    access,
  };
  return new SignJWT(claims).setProtectedHeader(signer.header).sign(await signer.key);
}

function findSigner(record: SigningKeyRecord, mode: RegistryRecord["tokenMode"]): Signer {
  const known = signers.get(record.id);
  if (known?.record === record && known.mode === mode) return known;
  const certified = mode === "certificate" && record.leafPem !== null;
  const signer: Signer = {
    record,
    mode,
    key: importPKCS8(openSecret("signing-key", record.privateCipher), "ES256"),
    header: {
      alg: "ES256",
      typ: "JWT",
      ...(certified ? { x5c: [readCertificateBody(record.leafPem ?? "")] } : { kid: record.kid }),
    },
  };
  // A key that cannot be read is told to who waits for it.
  signer.key.catch(() => signers.delete(record.id));
  if (signers.size >= maxSigners) signers.clear();
  signers.set(record.id, signer);
  return signer;
}
