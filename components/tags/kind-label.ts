import type { ManifestKind } from "#lib/inventory/schema";

/** What a thing is, in the words of people. */
export const kindLabels: Record<ManifestKind, string> = {
  image: "image",
  index: "image index",
  "helm-chart": "Helm chart",
  signature: "signature",
  attestation: "attestation",
  sbom: "SBOM",
  "scan-report": "scan report",
  artifact: "artifact",
};
