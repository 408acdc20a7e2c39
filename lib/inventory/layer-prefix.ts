import { createHash } from "node:crypto";

/** Names a list of layers in their order, so that images with the same first layers are found by an index. */
export function hashLayers(digests: readonly string[]): string {
  return createHash("sha256").update(digests.join("\n")).digest("hex");
}

/** The names of every proper beginning of the list, with how many layers it has; the longest first. */
export function listPrefixHashes(digests: readonly string[]): { hash: string; layerCount: number }[] {
  const prefixes: { hash: string; layerCount: number }[] = [];
  for (let layerCount = digests.length - 1; layerCount > 0; layerCount--)
    prefixes.push({ hash: hashLayers(digests.slice(0, layerCount)), layerCount });
  return prefixes;
}
