import type { ComparedLayer, Comparison } from "#lib/compare/schema";
import { prepareBuildStep } from "@/components/artifacts/prepare-build-step";
import { formatBytes, formatPlural } from "@/components/ui/format-bytes";
import { formatDuration } from "@/components/ui/format-time";

export type Change = "shared" | "added" | "removed";

export interface ComparedLayerRow {
  key: string;
  change: Change;
  text: string;
  whole: string | null;
  digest: string;
  sizeBytes: number;
  /** 0 to 1 of the largest layer on either side. */
  barFraction: number;
}

/** The answer in one line: `+0.4 MiB · 5 of 6 layers shared · 1 change in the config · built 3 d later`. */
export function prepareComparisonAnswer(comparison: Comparison): string[] {
  if (comparison.identical) return ["Both references lead to the same digest: there is no difference."];
  const { layers } = comparison;
  const count = layers.shared.items.length + layers.added.items.length;
  const parts = [deltaInWords(comparison.sizeDeltaBytes)];
  parts.push(
    count === 0 ? "no layers" : `${layers.shared.items.length} of ${formatPlural(count, "layer")} shared`,
  );
  parts.push(changesInWords(countConfigChanges(comparison)));
  const age = ageInWords(comparison.ageDeltaMs);
  if (age !== null) parts.push(age);
  return parts;
}

export function countConfigChanges(comparison: Comparison): number {
  const { config } = comparison;
  return (
    config.settings.length +
    config.env.length +
    config.labels.length +
    config.annotations.length +
    config.ports.length
  );
}

/** `+0.4 MiB`, `−12 MiB`, `same size`. */
export function deltaInWords(bytes: number): string {
  if (bytes === 0) return "same size";
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

export function ageInWords(milliseconds: number | null): string | null {
  if (milliseconds === null) return null;
  if (Math.abs(milliseconds) < 1000) return "built at the same time";
  const length = formatDuration(milliseconds);
  return milliseconds > 0 ? `built ${length} later` : `built ${length} earlier`;
}

/** What came and went first, then what stayed; bars on one scale. */
export function prepareComparedLayers(comparison: Comparison): Record<Change, ComparedLayerRow[]> {
  const { shared, added, removed } = comparison.layers;
  const largest = [...shared.items, ...added.items, ...removed.items].reduce(
    (most, layer) => Math.max(most, layer.sizeBytes),
    0,
  );
  const rows = (change: Change, items: readonly ComparedLayer[]) =>
    items.map((layer, index) => toRow(change, layer, index, largest));
  return {
    added: rows("added", added.items),
    removed: rows("removed", removed.items),
    shared: rows("shared", shared.items),
  };
}

function toRow(change: Change, layer: ComparedLayer, index: number, largest: number): ComparedLayerRow {
  const step = prepareBuildStep(layer.createdBy);
  return {
    key: `${change}-${index}`,
    change,
    text: step?.text ?? "no build step recorded",
    whole: step?.whole ?? null,
    digest: layer.digest,
    sizeBytes: layer.sizeBytes,
    barFraction: layer.sizeBytes > 0 && largest > 0 ? Math.max(0.012, layer.sizeBytes / largest) : 0,
  };
}

function changesInWords(count: number): string {
  return count === 0 ? "config the same" : `${formatPlural(count, "change")} in the config`;
}
