import { createHash } from "node:crypto";

export interface Blob {
  mediaType: string;
  digest: string;
  bytes: Buffer;
}

/** What an entry of `layers`, `manifests` or `subject` says. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  platform?: { os: string; architecture: string; variant?: string };
  annotations?: Record<string, string>;
}

/** A manifest or index with everything that must be in the registry before it. */
export interface Artifact {
  mediaType: string;
  digest: string;
  bytes: Buffer;
  blobs: Blob[];
  children: Artifact[];
  artifactType?: string;
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

interface Manifest {
  schemaVersion: 2;
  mediaType: string;
  artifactType?: string;
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

export function createBlob(mediaType: string, content: Buffer | object): Blob {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { mediaType, bytes, digest: digestOf(bytes) };
}

export function descriptorOf(content: Blob | Artifact): Descriptor {
  return { mediaType: content.mediaType, digest: content.digest, size: content.bytes.length };
}

export function createArtifact(options: {
  manifest: Manifest;
  blobs?: Blob[];
  children?: Artifact[];
}): Artifact {
  const { manifest } = options;
  const bytes = Buffer.from(JSON.stringify(manifest, null, 2));
  return {
    mediaType: manifest.mediaType,
    artifactType: manifest.artifactType,
    subject: manifest.subject,
    annotations: manifest.annotations,
    bytes,
    digest: digestOf(bytes),
    blobs: options.blobs ?? [],
    children: options.children ?? [],
  };
}
