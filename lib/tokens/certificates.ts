import { randomBytes } from "node:crypto";
import { calculateJwkThumbprint, exportPKCS8, importPKCS8 } from "jose";

export const rootLifeMs = 10 * 365 * 86_400_000;
export const leafLifeMs = 7 * 86_400_000;
/** Registries whose clock is a little behind take it too. */
const backdateMs = 3_600_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export interface MadeKey {
  publicJwk: { kty: string; crv: string; x: string; y: string };
  /** RFC 7638. */
  kid: string;
  privatePem: string;
  leafPem: string;
  leafExpiresAt: Date;
}

export interface RootMaterial {
  rootPem: string;
  rootPrivatePem: string;
}

/** A root that a registry is told to trust for ten years. */
export async function createRoot(name: string, now: Date): Promise<RootMaterial> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: createSerial(),
    name: nameOf(`Wharfinger tokens for ${name}`),
    notBefore: new Date(now.getTime() - backdateMs),
    notAfter: new Date(now.getTime() + rootLifeMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { rootPem: root.toString("pem"), rootPrivatePem: await exportPKCS8(keys.privateKey) };
}

/** A signing key and its first certificate under the root. */
export async function createSigningMaterial(root: RootMaterial, now: Date): Promise<MadeKey> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  const publicJwk = { kty: kty ?? "", crv: crv ?? "", x: x ?? "", y: y ?? "" };
  return {
    publicJwk,
    kid: await calculateJwkThumbprint(publicJwk),
    privatePem: await exportPKCS8(keys.privateKey),
    ...(await renewLeaf({ ...root, publicJwk, now })),
  };
}

/** A new certificate for the same key under the same root. */
export async function renewLeaf(
  input: RootMaterial & { publicJwk: MadeKey["publicJwk"]; now: Date },
): Promise<{ leafPem: string; leafExpiresAt: Date }> {
  const x509 = await loadX509();
  const root = new x509.X509Certificate(input.rootPem);
  // Certificates count whole seconds.
  const expires =
    Math.floor(Math.min(input.now.getTime() + leafLifeMs, root.notAfter.getTime()) / 1000) * 1000;
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: createSerial(),
    subject: nameOf("Wharfinger token signer"),
    issuer: root.subjectName,
    notBefore: new Date(input.now.getTime() - backdateMs),
    notAfter: new Date(expires),
    signingAlgorithm: algorithm,
    publicKey: await crypto.subtle.importKey("jwk", input.publicJwk, algorithm, true, ["verify"]),
    signingKey: await importPKCS8(input.rootPrivatePem, "ES256"),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  return { leafPem: leaf.toString("pem"), leafExpiresAt: new Date(expires) };
}

/** The certificate as it stands in a token's x5c header: base64 of its DER form. */
export function readCertificateBody(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, "");
}

function createSerial(): string {
  const bytes = randomBytes(16);
  // Positive, and of full length.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

function nameOf(text: string) {
  return [{ CN: [text] }];
}

/** Only for making certificates, which is rare: hundreds of kilobytes that a start can do without. */
async function loadX509() {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}
