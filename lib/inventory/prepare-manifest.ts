import type { FetchedManifest } from "#lib/oci/manifests";
import { isAttestationEntry } from "#lib/oci/media-types";
import { isUnknownPlatform } from "#lib/oci/platform";
import { parseReferrerTag } from "#lib/oci/referrer-tag";

export interface PreparedBlob {
  ordinal: number;
  digest: string;
  sizeBytes: number;
  mediaType: string;
  role: "config" | "layer";
}

export interface PreparedChild {
  ordinal: number;
  digest: string;
  mediaType: string;
  sizeBytes: number;
  role: "platform" | "attestation";
  os: string | null;
  architecture: string | null;
  variant: string | null;
}

/** A manifest as its rows are written. */
export interface PreparedManifest {
  digest: string;
  mediaType: string;
  artifactType: string | null;
  kind: string;
  sizeBytes: number;
  /** Of an index it is 0 here: its blobs are those of its children. */
  totalBytes: number;
  configDigest: string | null;
  subjectDigest: string | null;
  annotations: Record<string, string>;
  body: Uint8Array;
  blobs: PreparedBlob[];
  children: PreparedChild[];
}

/** `tagName` gives the subject to what cosign keeps under tags such as sha256-<hex>.sig. */
export function prepareManifest(fetched: FetchedManifest, tagName?: string): PreparedManifest {
  const { parsed } = fetched;
  const blobs = parsed.kind === "image" ? listBlobs(parsed) : [];
  const children = parsed.kind === "index" ? listChildren(parsed) : [];
  return {
    digest: fetched.digest,
    mediaType: fetched.mediaType,
    artifactType: parsed.artifactType,
    kind: parsed.artifactKind,
    sizeBytes: fetched.sizeBytes,
    totalBytes: sumDistinct(blobs),
    configDigest: parsed.kind === "image" ? parsed.config.digest : null,
    subjectDigest: parsed.subject?.digest ?? findSubjectByTag(tagName),
    annotations: parsed.annotations,
    body: fetched.bytes,
    blobs,
    children,
  };
}

function listBlobs(image: Extract<FetchedManifest["parsed"], { kind: "image" }>): PreparedBlob[] {
  return [image.config, ...image.layers].map((descriptor, ordinal) => ({
    ordinal,
    digest: descriptor.digest,
    sizeBytes: descriptor.sizeBytes,
    mediaType: descriptor.mediaType,
    role: ordinal === 0 ? "config" : "layer",
  }));
}

function listChildren(index: Extract<FetchedManifest["parsed"], { kind: "index" }>): PreparedChild[] {
  return index.manifests.map((descriptor, ordinal) => {
    const attestation = isAttestationEntry(descriptor) || isUnknownPlatform(descriptor.platform);
    return {
      ordinal,
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      sizeBytes: descriptor.sizeBytes,
      role: attestation ? "attestation" : "platform",
      os: descriptor.platform?.os || null,
      architecture: descriptor.platform?.architecture || null,
      variant: descriptor.platform?.variant ?? null,
    };
  });
}

function sumDistinct(blobs: readonly PreparedBlob[]): number {
  const seen = new Set<string>();
  let total = 0;
  for (const blob of blobs) {
    if (seen.has(blob.digest)) continue;
    seen.add(blob.digest);
    total += blob.sizeBytes;
  }
  return total;
}

function findSubjectByTag(tagName: string | undefined): string | null {
  const found = tagName === undefined ? null : parseReferrerTag(tagName);
  return found === null || found.kind === "referrers" ? null : found.subject;
}
