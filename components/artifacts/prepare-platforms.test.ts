import { expect, it } from "vitest";
import type { ArtifactPlatform } from "#lib/inventory/schema-artifact";
import { chooseArtifactTab, prepareArtifactTabs } from "@/components/artifacts/prepare-artifact-tabs";
import { preparePlatforms } from "@/components/artifacts/prepare-platforms";

function platform(os: string, architecture: string, digit: string): ArtifactPlatform {
  return {
    os,
    architecture,
    variant: null,
    digest: `sha256:${digit.repeat(64)}`,
    sizeBytes: 1,
    layerCount: null,
    user: null,
    selected: false,
    present: true,
  };
}

it("names a platform in the address by its digest where its name is not its own", () => {
  const rows = preparePlatforms([
    platform("linux", "amd64", "1"),
    platform("windows", "amd64", "2"),
    platform("windows", "amd64", "3"),
    platform("<b>", "x y", "4"),
  ]);
  expect(rows.map((row) => row.param.slice(0, 12))).toEqual([
    "linux/amd64",
    "sha256:22222",
    "sha256:33333",
    "sha256:44444",
  ]);
});

it("has the tabs of its kind, and falls back to the first", () => {
  const chart = prepareArtifactTabs({
    kind: "helm-chart",
    layers: [],
    referrerCount: 2,
    attestations: [],
    annotations: { a: "b" },
  });
  expect(chart.map((tab) => tab.label)).toEqual(["Overview", "Files", "Referrers", "Annotations", "Raw"]);
  expect(chooseArtifactTab("config", chart)).toBe("overview");
  expect(chooseArtifactTab("raw", chart)).toBe("raw");
  expect(chooseArtifactTab(null, chart)).toBe("overview");
});
