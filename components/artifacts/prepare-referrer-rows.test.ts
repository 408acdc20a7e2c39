import { expect, it } from "vitest";
import type { ReferrerNode } from "#lib/inventory/schema-artifact";
import { prepareReferrerRows } from "@/components/artifacts/prepare-referrer-rows";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

function node(over: Partial<ReferrerNode>): ReferrerNode {
  return {
    digest: digest("c"),
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

it("lays the tree out in reading order with levels", () => {
  const { rows, cut } = prepareReferrerRows([
    node({ kind: "sbom", artifactType: "application/spdx+json", referrers: [node({ kind: "signature" })] }),
    node({ kind: "attestation", via: "index" }),
  ]);
  expect(rows.map((row) => [row.title, row.type, row.level, row.via])).toEqual([
    ["SBOM", "SPDX document", 1, "names this as its subject"],
    ["Signature", null, 2, "names this as its subject"],
    ["Attestation", null, 1, "inside the index"],
  ]);
  expect(cut).toBe(false);
});

it("names an attestation by what it states, and whom it speaks of", () => {
  const annotations = { "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1" };
  expect(prepareReferrerRows([node({ kind: "attestation", annotations })]).rows[0]?.title).toBe(
    "SLSA provenance",
  );
  const facts = {
    attestations: [
      {
        digest: digest("c"),
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        sizeBytes: 1,
        about: digest("d"),
        predicateTypes: ["https://slsa.dev/provenance/v0.2", "https://spdx.dev/Document"],
      },
    ],
    platforms: [
      {
        os: "linux",
        architecture: "amd64",
        variant: null,
        digest: digest("d"),
        sizeBytes: 1,
        layerCount: 1,
        user: null,
        selected: true,
        present: true,
      },
    ],
  };
  const { rows } = prepareReferrerRows([node({ kind: "attestation", via: "index" })], facts);
  expect(rows[0]).toMatchObject({
    title: "SLSA provenance and SPDX SBOM",
    via: "inside the index, about linux/amd64",
  });
});

it("R5: a deep or wide tree neither overflows the stack nor fills the page", () => {
  let deep = node({});
  for (let depth = 0; depth < 50_000; depth++) deep = node({ referrers: [deep] });
  const { rows, cut } = prepareReferrerRows([deep]);
  expect(rows).toHaveLength(2000);
  expect(cut).toBe(true);
});
