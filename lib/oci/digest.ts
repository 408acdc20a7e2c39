import { createHash, type Hash, hash } from "node:crypto";

import { RegistryError } from "#lib/oci/errors";

export type DigestAlgorithm = "sha256" | "sha512";
export type Digest = { algorithm: DigestAlgorithm; encoded: string };

const grammar = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/;
const sha256 = /^sha256:[a-f0-9]{64}$/;
const sha512 = /^sha512:[a-f0-9]{128}$/;
const longestDigest = 300;

export type DigestParse = { ok: true; digest: Digest } | { ok: false; problem: string };

/** Reads a digest by the exact grammar of the image specification; an algorithm we cannot check is named. */
export function parseDigest(text: string): DigestParse {
  if (isDigest(text)) {
    const colon = text.indexOf(":");
    const algorithm = colon === 6 && text.startsWith("sha512") ? "sha512" : "sha256";
    return { ok: true, digest: { algorithm, encoded: text.slice(colon + 1) } };
  }
  if (text.length > longestDigest) return { ok: false, problem: "The digest is too long." };
  const match = grammar.exec(text);
  if (match === null) {
    return { ok: false, problem: "A digest is written algorithm:hex, such as sha256: and 64 hex digits." };
  }
  const algorithm = match[1];
  if (algorithm === "sha256" || algorithm === "sha512") {
    const length = algorithm === "sha256" ? 64 : 128;
    return { ok: false, problem: `A ${algorithm} digest has exactly ${length} lower-case hex digits.` };
  }
  return { ok: false, problem: `The digest algorithm ${algorithm} is not supported; sha256 and sha512 are.` };
}

/** A well-formed sha256 or sha512 digest. */
export function isDigest(text: string): boolean {
  return sha256.test(text) || sha512.test(text);
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = "sha256"): string {
  return `${algorithm}:${hash(algorithm, bytes, "hex")}`;
}

/** Throws `digest-mismatch` unless the bytes are exactly what the digest names. */
export function verifyDigest(bytes: Uint8Array, digest: string, what: string): void {
  const parsed = parseDigest(digest);
  if (!parsed.ok) throw new RegistryError("invalid-request", parsed.problem, { field: "digest" });
  const actual = digestOf(bytes, parsed.digest.algorithm);
  if (actual !== digest) throw digestMismatch(what, digest, actual);
}

export function digestMismatch(what: string, expected: string, actual: string): RegistryError {
  return new RegistryError(
    "digest-mismatch",
    `The registry sent other bytes for ${what} than its digest names: ${expected} was expected, ${actual} came.`,
  );
}

/** Hashes a body while it streams by; `finish` throws `digest-mismatch`. */
export function createDigestVerifier(digest: string, what: string) {
  const parsed = parseDigest(digest);
  if (!parsed.ok) throw new RegistryError("invalid-request", parsed.problem, { field: "digest" });
  const { algorithm } = parsed.digest;
  const running: Hash = createHash(algorithm);
  return {
    update(chunk: Uint8Array): void {
      running.update(chunk);
    },
    finish(): void {
      const actual = `${algorithm}:${running.digest("hex")}`;
      if (actual !== digest) throw digestMismatch(what, digest, actual);
    },
  };
}
