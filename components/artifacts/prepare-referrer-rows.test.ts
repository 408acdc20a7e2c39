import { expect, it } from "vitest";
import type { ReferrerNode } from "#lib/inventory/schema-artifact";
import { prepareReferrerRows } from "@/components/artifacts/prepare-referrer-rows";

function node(over: Partial<ReferrerNode>): ReferrerNode {
  return {
    digest: `sha256:${"c".repeat(64)}`,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: null,
    kind: "artifact",
    sizeBytes: 1,
    annotations: {},
    via: "subject",
    referrers: [],
    ...over,
  };
}

it("lays the tree out in reading order with levels and places", () => {
  const { rows, cut } = prepareReferrerRows([
    node({ kind: "sbom", artifactType: "application/spdx+json", referrers: [node({ kind: "signature" })] }),
    node({ kind: "attestation", via: "index" }),
  ]);
  expect(rows.map((row) => [row.title, row.level, row.place, row.siblings])).toEqual([
    ["SPDX document", 1, 1, 2],
    ["Signature", 2, 1, 1],
    ["Attestation", 1, 2, 2],
  ]);
  expect(rows[0]?.hasChildren).toBe(true);
  expect(cut).toBe(false);
});

it("names an attestation by what it states", () => {
  const annotations = { "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1" };
  expect(prepareReferrerRows([node({ kind: "attestation", annotations })]).rows[0]?.title).toBe(
    "SLSA provenance",
  );
});

it("R5: a deep or wide tree neither overflows the stack nor fills the page", () => {
  let deep = node({});
  for (let depth = 0; depth < 50_000; depth++) deep = node({ referrers: [deep] });
  const { rows, cut } = prepareReferrerRows([deep]);
  expect(rows).toHaveLength(2000);
  expect(cut).toBe(true);
});
