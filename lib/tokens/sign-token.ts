import { createPrivateKey, type KeyObject, sign } from "node:crypto";
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
  key: KeyObject;
  /** As it stands in every token of this key, with the dot behind it. */
  header: string;
}

const signers = new Map<string, Signer>();
const maxSigners = 1_000;

/**
 * Signs a token that only the registry of the key takes. Certificate mode names the certificate and nothing else,
 * because distribution 3 with a key file refuses tokens that carry one; the other modes name the key.
 *
 * JWS compact serialization (RFC 7515, 7518 section 3.4), signed in this thread: a signature takes less than handing
 * it to another thread and back, and this is done for every pull.
 */
export function signToken(
  record: SigningKeyRecord,
  registry: Pick<RegistryRecord, "slug" | "tokenMode">,
  content: TokenContent,
): string {
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
  const input = signer.header + encode(claims);
  return `${input}.${formatSignature(sign("sha256", Buffer.from(input), signer.key))}`;
}

function findSigner(record: SigningKeyRecord, mode: RegistryRecord["tokenMode"]): Signer {
  const known = signers.get(record.id);
  if (known?.record === record && known.mode === mode) return known;
  const certified = mode === "certificate" && record.leafPem !== null;
  const signer: Signer = {
    record,
    mode,
    key: createPrivateKey(openSecret("signing-key", record.privateCipher)),
    header: `${encode({
      alg: "ES256",
      typ: "JWT",
      ...(certified ? { x5c: [readCertificateBody(record.leafPem ?? "")] } : { kid: record.kid }),
    })}.`,
  };
  if (signers.size >= maxSigners) signers.clear();
  signers.set(record.id, signer);
  return signer;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/**
 * A signature in DER, a sequence of the integers r and s, as the 64 bytes that JWS wants. Node can do this too, and
 * takes as long for it as for the signature.
 */
function formatSignature(der: Buffer): string {
  const bytes = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der.readUInt8(at + 1);
    const integer = der.subarray(at + 2, at + 2 + length);
    // A zero in front says that it is positive; leading zeros of its own are left out.
    const digits = integer.subarray(Math.max(0, length - 32));
    digits.copy(bytes, end - digits.length);
    at += 2 + length;
  }
  return bytes.toString("base64url");
}
