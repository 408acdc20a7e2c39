import { isDigest, parseDigest } from "#lib/oci/digest";

export type ReferrerTag = { subject: string; kind: "referrers" | "signature" | "attestation" | "sbom" };

const pattern = /^(sha256|sha512)-([a-f0-9]+)(?:\.(sig|att|sbom))?$/;
const kinds = { sig: "signature", att: "attestation", sbom: "sbom" } as const;

/** The tag under which clients keep the referrers of a digest where the registry has no referrers API. */
export function referrersTagOf(digest: string): string {
  const parsed = parseDigest(digest);
  if (!parsed.ok) throw new RangeError(parsed.problem);
  return `${parsed.digest.algorithm}-${parsed.digest.encoded.slice(0, 64)}`;
}

/**
 * Recognises the tags that are no images but bookkeeping: the referrers fallback and cosign's old
 * `.sig`, `.att` and `.sbom`. They must not be listed or cleaned like ordinary tags. The `subject` of a
 * sha512 fallback tag is cut short by the specification and therefore only the beginning of a digest.
 */
export function parseReferrerTag(tag: string): ReferrerTag | null {
  const match = pattern.exec(tag);
  if (match === null) return null;
  const [, algorithm, encoded, suffix] = match;
  const subject = `${algorithm}:${encoded}`;
  const cut = algorithm === "sha512" && encoded?.length === 64 && suffix === undefined;
  if (!isDigest(subject) && !cut) return null;
  const kind = suffix === "sig" || suffix === "att" || suffix === "sbom" ? kinds[suffix] : "referrers";
  return { subject, kind };
}
