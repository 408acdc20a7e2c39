import type { Descriptor } from "#lib/oci/descriptor";

export const ociImageManifest = "application/vnd.oci.image.manifest.v1+json";
export const ociImageIndex = "application/vnd.oci.image.index.v1+json";
export const ociImageConfig = "application/vnd.oci.image.config.v1+json";
export const ociEmpty = "application/vnd.oci.empty.v1+json";
export const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
export const dockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
export const dockerImageConfig = "application/vnd.docker.container.image.v1+json";
export const helmConfig = "application/vnd.cncf.helm.config.v1+json";
export const emptyJsonDigest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/** One Accept header for every kind we read; without the OCI types distribution hides OCI manifests. */
export const manifestAccept = [ociImageManifest, ociImageIndex, dockerManifest, dockerManifestList].join(
  ", ",
);

export type ManifestFormat = "oci-image" | "oci-index" | "docker-image" | "docker-list";

/** What a person would call it. */
export type ArtifactKind =
  | "image"
  | "index"
  | "helm-chart"
  | "signature"
  | "attestation"
  | "sbom"
  | "scan-report"
  | "artifact";

const formats = new Map<string, ManifestFormat>([
  [ociImageManifest, "oci-image"],
  [ociImageIndex, "oci-index"],
  [dockerManifest, "docker-image"],
  [dockerManifestList, "docker-list"],
]);

export function manifestFormatOf(mediaType: string): ManifestFormat | null {
  return formats.get(mediaType) ?? null;
}

/** Docker's schema 1, signed or not, and whatever else calls itself manifest.v1. */
export function isSchema1(mediaType: string): boolean {
  return mediaType.startsWith("application/vnd.docker.distribution.manifest.v1+");
}

/** The media type of a Content-Type header, in lower case and without parameters. */
export function bareMediaType(contentType: string | undefined): string {
  if (contentType === undefined) return "";
  const end = contentType.indexOf(";");
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** Media types that say nothing about which manifest this is, so that the body decides. */
export function isVagueMediaType(mediaType: string): boolean {
  return (
    mediaType === "" ||
    mediaType === "application/json" ||
    mediaType === "text/plain" ||
    mediaType === "application/octet-stream"
  );
}

const imageConfigs = new Set([ociImageConfig, dockerImageConfig]);

/** Kinds by artifactType, config media type or layer media type: all three are in use for the same things. */
function kindByType(type: string): ArtifactKind | null {
  // What nearly every image is made of.
  if (type.startsWith("application/vnd.oci.image.") || type.startsWith("application/vnd.docker.image."))
    return null;
  if (type === helmConfig || type.startsWith("application/vnd.cncf.helm.chart.content")) return "helm-chart";
  if (type.startsWith("application/vnd.dev.cosign.simplesigning")) return "signature";
  if (type === "application/vnd.dev.cosign.artifact.sig.v1+json") return "signature";
  if (type.startsWith("application/vnd.dev.sigstore.bundle")) return "signature";
  if (type === "application/vnd.cncf.notary.signature") return "signature";
  if (type.startsWith("application/vnd.in-toto+")) return "attestation";
  if (type.startsWith("application/vnd.dsse.envelope")) return "attestation";
  if (type === "application/vnd.docker.attestation.manifest.v1+json") return "attestation";
  if (/^(?:application|text)\/(?:vnd\.)?(?:cyclonedx|spdx|syft)/.test(type)) return "sbom";
  if (
    type.startsWith("application/sarif") ||
    type.startsWith("application/vnd.security.vulnerability.report")
  ) {
    return "scan-report";
  }
  return null;
}

/**
 * What a manifest with layers holds. A sigstore bundle is a signature unless it carries another statement than
 * cosign's own; an OCI image whose layers are all attestations is no image although its config says so.
 */
export function artifactKindOf(manifest: {
  artifactType: string | null;
  config: Pick<Descriptor, "mediaType">;
  layers: readonly Pick<Descriptor, "mediaType">[];
  annotations: Readonly<Record<string, string>>;
}): ArtifactKind {
  const predicate = manifest.annotations["dev.sigstore.bundle.predicateType"];
  if (predicate !== undefined && !predicate.startsWith("https://sigstore.dev/cosign/sign/"))
    return "attestation";
  const named =
    (manifest.artifactType === null ? null : kindByType(manifest.artifactType)) ??
    kindByType(manifest.config.mediaType);
  if (named !== null) return named;
  const first = manifest.layers[0];
  if (first !== undefined) {
    const byLayer = kindByType(first.mediaType);
    if (byLayer !== null && manifest.layers.every((layer) => kindByType(layer.mediaType) === byLayer))
      return byLayer;
  }
  if (manifest.artifactType !== null && !imageConfigs.has(manifest.artifactType)) return "artifact";
  return imageConfigs.has(manifest.config.mediaType) ? "image" : "artifact";
}

/** An entry of an index that BuildKit put there as an attestation: no platform of the image, but a child. */
export function isAttestationEntry(descriptor: Descriptor): boolean {
  return descriptor.annotations["vnd.docker.reference.type"] === "attestation-manifest";
}
