import { expect, it } from "vitest";
import type { ArtifactLayer } from "#lib/inventory/schema-artifact";
import { prepareLayerRows, prepareLayersSummary } from "@/components/artifacts/prepare-layer-rows";

function layer(over: Partial<ArtifactLayer>): ArtifactLayer {
  return {
    ordinal: 0,
    digest: `sha256:${"a".repeat(64)}`,
    sizeBytes: 100,
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    createdBy: null,
    createdAt: null,
    comment: null,
    emptyLayer: false,
    sharedTagCount: 0,
    title: null,
    ...over,
  };
}

it("keeps the order of the build and gives each layer a bar against the largest", () => {
  const rows = prepareLayerRows([
    layer({ createdBy: "ADD rootfs.tar", sizeBytes: 1000 }),
    layer({ createdBy: "WORKDIR /app", digest: null, ordinal: null, sizeBytes: 0, emptyLayer: true }),
    layer({ createdBy: "COPY package.json ./", sizeBytes: 1 }),
    layer({ sizeBytes: 500 }),
  ]);
  expect(rows.map((row) => row.place)).toEqual([1, 2, 3, 4]);
  expect(rows.map((row) => row.barFraction)).toEqual([1, 0, 0.012, 0.5]);
  expect(rows.map((row) => row.empty)).toEqual([false, true, false, false]);
  expect(rows[3]?.text).toBe("no build step recorded");
});

it("says with how many other tags a layer is shared, and where counting stopped", () => {
  const words = [0, 1, 14, 100].map(
    (sharedTagCount) => prepareLayerRows([layer({ sharedTagCount })])[0]?.sharedWords,
  );
  expect(words).toEqual([null, "1 other tag", "14 other tags", "100+ other tags"]);
});

it("names a file by its title", () => {
  const [row] = prepareLayerRows([layer({ title: "report.sarif", createdBy: "RUN nothing" })]);
  expect(row).toMatchObject({ text: "report.sarif", instruction: null });
  const chart = layer({ mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip" });
  expect(prepareLayerRows([chart], false)[0]?.text).toBe("chart archive");
});

it("counts a layer that stands twice in the list once", () => {
  const summary = prepareLayersSummary([
    layer({ sizeBytes: 10, sharedTagCount: 2 }),
    layer({ sizeBytes: 10, sharedTagCount: 2 }),
    layer({ sizeBytes: 5, digest: `sha256:${"b".repeat(64)}` }),
    layer({ digest: null, sizeBytes: 0, emptyLayer: true }),
  ]);
  expect(summary).toEqual({ layerCount: 3, emptyCount: 1, sizeBytes: 15, sharedBytes: 10 });
});

it("knows the layers of the base, and the steps between them", () => {
  const step = layer({ digest: null, ordinal: null, sizeBytes: 0, emptyLayer: true });
  const layers = [layer({ ordinal: 0 }), step, layer({ ordinal: 1 }), step, layer({ ordinal: 2 })];
  const marks = (count: number) => prepareLayerRows(layers, true, count).map((row) => row.ofBase);
  expect(marks(2)).toEqual([true, true, true, false, false]);
  expect(marks(0)).toEqual([false, false, false, false, false]);
});
