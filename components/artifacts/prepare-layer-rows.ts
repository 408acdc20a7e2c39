import type { ArtifactLayer } from "#lib/inventory/schema-artifact";
import { mediaTypeInWords } from "@/components/artifacts/prepare-artifact-words";
import { prepareBuildStep } from "@/components/artifacts/prepare-build-step";

export interface LayerRow {
  key: string;
  /** Place in the order shown, from 1. */
  place: number;
  text: string;
  /** The whole of what was recorded, for the hover and the copy button. */
  whole: string | null;
  instruction: string | null;
  /** True for a step that made no layer. */
  empty: boolean;
  digest: string | null;
  mediaType: string | null;
  sizeBytes: number;
  /** Length of the bar, 0 to 1 of the largest layer; something is always to be seen of a layer with bytes. */
  barFraction: number;
  /** Held by other tags of the registry too. */
  shared: boolean;
  sharedWords: string | null;
  /** One of the layers of the image that it is built on, or a step before such. */
  ofBase: boolean;
  createdAt: string | null;
  comment: string | null;
}

// Counting stops there, to stay cheap.
const countLimit = 100;

/**
 * Of an image each row is a step of its build; of any other artifact (`built` false) it is a file. The first
 * `baseLayers` layers are those of its base.
 */
export function prepareLayerRows(layers: readonly ArtifactLayer[], built = true, baseLayers = 0): LayerRow[] {
  const lastOfBase = layers.findIndex((layer) => layer.ordinal === baseLayers - 1);
  const largest = layers.reduce((most, layer) => Math.max(most, layer.sizeBytes), 0);
  return layers.map((layer, index) => {
    const step = prepareBuildStep(layer.createdBy);
    const unnamed = built
      ? "no build step recorded"
      : (mediaTypeInWords(layer.mediaType) ?? layer.mediaType ?? "no name");
    const text = layer.title ?? step?.text ?? layer.comment ?? unnamed;
    return {
      key: `${index}`,
      place: index + 1,
      text,
      whole: layer.title ?? step?.whole ?? null,
      instruction: layer.title === null ? (step?.instruction ?? null) : null,
      empty: layer.emptyLayer,
      digest: layer.digest,
      mediaType: layer.mediaType,
      sizeBytes: layer.sizeBytes,
      barFraction: barFraction(layer.sizeBytes, largest),
      shared: layer.sharedTagCount > 0,
      sharedWords: sharedWords(layer.sharedTagCount),
      ofBase: index <= lastOfBase,
      createdAt: layer.createdAt,
      comment: layer.comment,
    };
  });
}

/** One sentence above the rows: how many made a layer, and how many are held elsewhere too. */
export function prepareLayersSummary(layers: readonly ArtifactLayer[]): {
  layerCount: number;
  emptyCount: number;
  sizeBytes: number;
  sharedBytes: number;
} {
  const summary = { layerCount: 0, emptyCount: 0, sizeBytes: 0, sharedBytes: 0 };
  const seen = new Set<string>();
  for (const layer of layers) {
    if (layer.digest === null) {
      summary.emptyCount += 1;
      continue;
    }
    summary.layerCount += 1;
    if (seen.has(layer.digest)) continue;
    seen.add(layer.digest);
    summary.sizeBytes += layer.sizeBytes;
    if (layer.sharedTagCount > 0) summary.sharedBytes += layer.sizeBytes;
  }
  return summary;
}

function barFraction(bytes: number, largest: number): number {
  if (bytes <= 0 || largest <= 0) return 0;
  return Math.max(0.012, bytes / largest);
}

function sharedWords(count: number): string | null {
  if (count <= 0) return null;
  if (count >= countLimit) return `${countLimit}+ other tags`;
  return count === 1 ? "1 other tag" : `${count} other tags`;
}
