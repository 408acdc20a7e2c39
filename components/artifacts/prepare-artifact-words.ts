import type { ManifestKind, PlatformName } from "#lib/inventory/schema";
import type { Artifact } from "#lib/inventory/schema-artifact";

const kindWords: Record<ManifestKind, string> = {
  image: "image",
  index: "image index",
  "helm-chart": "Helm chart",
  signature: "signature",
  attestation: "attestation",
  sbom: "SBOM",
  "scan-report": "scan report",
  artifact: "artifact",
};

export function kindInWords(kind: ManifestKind): string {
  return kindWords[kind];
}

/** `linux/arm64/v8`, as clients write it. */
export function platformInWords(platform: PlatformName): string {
  const base = `${platform.os || "unknown"}/${platform.architecture || "unknown"}`;
  return platform.variant === null || platform.variant === "" ? base : `${base}/${platform.variant}`;
}

/** `image index, 2 platforms` · `image for linux/amd64` · `Helm chart payments 1.2.0` · `artifact of type …`. */
export function describeArtifact(
  artifact: Pick<Artifact, "kind" | "artifactType" | "platforms" | "chart" | "configMediaType">,
): string {
  if (artifact.kind === "index") {
    const count = artifact.platforms.length;
    if (count === 0) return "image index without platforms";
    return count === 1 ? "image index, 1 platform" : `image index, ${count} platforms`;
  }
  if (artifact.kind === "image") {
    const [platform] = artifact.platforms;
    return platform ? `image for ${platformInWords(platform)}` : "image";
  }
  if (artifact.kind === "helm-chart") {
    const title = [artifact.chart?.name, artifact.chart?.version].filter(Boolean).join(" ");
    return title === "" ? "Helm chart" : `Helm chart ${title}`;
  }
  const type = artifact.artifactType ?? artifact.configMediaType;
  return type === null ? kindInWords(artifact.kind) : `${kindInWords(artifact.kind)} of type ${type}`;
}

/** Whether layers are files with media types rather than the steps of a build. */
export function hasBuildHistory(kind: ManifestKind): boolean {
  return kind === "image" || kind === "index";
}

const knownTypes: [RegExp, string][] = [
  [/^application\/vnd\.cncf\.helm\.chart\.content/, "chart archive"],
  [/^application\/vnd\.cncf\.helm\.chart\.provenance/, "chart provenance"],
  [/^application\/vnd\.dev\.cosign\.simplesigning/, "cosign signature"],
  [/^application\/vnd\.dev\.sigstore\.bundle/, "sigstore bundle"],
  [/^application\/vnd\.cncf\.notary\.signature|^application\/jose\+json/, "notation signature"],
  [/^application\/vnd\.in-toto/, "in-toto attestation"],
  [/^application\/vnd\.dsse\.envelope/, "DSSE envelope"],
  [/spdx/, "SPDX document"],
  [/cyclonedx/, "CycloneDX document"],
  [/syft/, "Syft document"],
  [/^application\/sarif/, "SARIF report"],
  [/^application\/vnd\.(oci|docker)\.image\.(layer|rootfs).*gzip$/, "layer, gzip"],
  [/^application\/vnd\.oci\.image\.layer.*zstd$/, "layer, zstd"],
  [/^application\/vnd\.(oci|docker)\.image\.(layer|rootfs).*tar$/, "layer, not compressed"],
  [/^application\/vnd\.oci\.empty/, "empty"],
];

/** A media type in words a person would use, or null when we know none. */
export function mediaTypeInWords(mediaType: string | null): string | null {
  if (mediaType === null || mediaType.length > 300) return null;
  return knownTypes.find(([pattern]) => pattern.test(mediaType))?.[1] ?? null;
}

const predicates: [RegExp, string][] = [
  [/^https:\/\/slsa\.dev\/provenance\/v(.+)$/, "SLSA provenance"],
  [/^https:\/\/spdx\.dev\/Document/, "SPDX SBOM"],
  [/^https:\/\/cyclonedx\.org\/bom/, "CycloneDX SBOM"],
  [/^https:\/\/in-toto\.io\/attestation\/vulns/, "vulnerability report"],
  [/^cosign\.sigstore\.dev\/attestation\/vuln/, "vulnerability report"],
  [/^https:\/\/in-toto\.io\/attestation\/release/, "release attestation"],
];

/** What a statement speaks of; an unknown type is shown as it stands. */
export function predicateInWords(predicate: string): string {
  return predicates.find(([pattern]) => pattern.test(predicate))?.[1] ?? predicate;
}
