import { expect, it } from "vitest";
import type { ArtifactPlatform } from "#lib/inventory/schema-artifact";
import {
  describeArtifact,
  mediaTypeInWords,
  platformInWords,
  predicateInWords,
} from "@/components/artifacts/prepare-artifact-words";

const arm: ArtifactPlatform = {
  os: "linux",
  architecture: "arm64",
  variant: "v8",
  digest: `sha256:${"d".repeat(64)}`,
  sizeBytes: 1,
  layerCount: 1,
  user: null,
  selected: true,
  present: true,
};
const none = { platforms: [], chart: null, configMediaType: null, artifactType: null };

it("says what a thing is", () => {
  expect(describeArtifact({ ...none, kind: "index", platforms: [arm, arm] })).toBe(
    "image index, 2 platforms",
  );
  expect(describeArtifact({ ...none, kind: "index" })).toBe("image index without platforms");
  expect(describeArtifact({ ...none, kind: "image", platforms: [arm] })).toBe("image for linux/arm64/v8");
  expect(describeArtifact({ ...none, kind: "helm-chart" })).toBe("Helm chart");
  expect(describeArtifact({ ...none, kind: "artifact", artifactType: "application/x.model" })).toBe(
    "artifact of type application/x.model",
  );
});

it("writes platforms as clients do, and unknown ones in words", () => {
  expect(platformInWords({ os: "linux", architecture: "amd64", variant: null })).toBe("linux/amd64");
  expect(platformInWords({ os: "", architecture: "", variant: "" })).toBe("unknown/unknown");
});

it("knows common media types and predicates, and leaves the rest as they stand", () => {
  expect(mediaTypeInWords("application/vnd.docker.image.rootfs.diff.tar.gzip")).toBe("layer, gzip");
  expect(mediaTypeInWords("application/x.unknown")).toBeNull();
  expect(predicateInWords("https://slsa.dev/provenance/v0.2")).toBe("SLSA provenance");
  expect(predicateInWords("https://example.org/x")).toBe("https://example.org/x");
});
