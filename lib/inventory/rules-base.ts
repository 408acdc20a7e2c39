import type { Artifact } from "#lib/inventory/schema-artifact";

type Base = NonNullable<Artifact["base"]>;

/** What an image says of its base (org.opencontainers.image.base.*). */
export interface BaseClaim {
  name: string | null;
  digest: string | null;
}

/** An image of the inventory whose layers are the first ones of another. */
export interface BaseFound {
  layerCount: number;
  image: NonNullable<Base["image"]>;
}

/**
 * What an image is built on. Its annotations win, unless the image that they name is known and has other layers;
 * without them it is the image with the longest list of layers that this one begins with.
 */
export function evaluateBase(input: {
  claim: BaseClaim | null;
  /** The claimed image, where the inventory has it; layerCount 0 when the layers are not its. */
  claimed: BaseFound | null;
  byLayers: BaseFound | null;
}): Artifact["base"] {
  const { claim, claimed, byLayers } = input;
  if (claim === null)
    return byLayers ? { source: "layers", name: null, digest: null, problem: null, ...byLayers } : null;
  const said = { source: "annotations" as const, ...claim, problem: null };
  if (claimed === null) return { ...said, layerCount: 0, image: null, ...byLayers };
  if (claimed.layerCount > 0) return { ...said, ...claimed };
  const problem = `Its annotations name ${claim.name ?? claim.digest}, whose layers it does not begin with.`;
  return byLayers
    ? { source: "layers", name: null, digest: null, ...byLayers, problem }
    : { ...said, layerCount: 0, image: null, problem };
}
