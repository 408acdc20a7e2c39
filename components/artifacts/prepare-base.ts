import type { ArtifactBase } from "#lib/inventory/schema-artifact";

export interface BaseInWords {
  /** `built on`, or how sure that is. */
  before: string;
  name: string;
  /** How we know, for the hover. */
  source: string;
}

/** What an image is built on, and how that is known; null when nothing is. */
export function prepareBase(base: ArtifactBase | null, registry: string): BaseInWords | null {
  if (base === null) return null;
  const name =
    base.source === "annotations" ? (base.name ?? nameOfImage(base, registry)) : nameOfImage(base, registry);
  if (name === null)
    return base.digest === null ? null : { before: "built on", name: base.digest, source: says };
  if (base.source === "layers")
    return {
      before: "built on",
      name,
      source: [base.problem, `Its first ${layersInWords(base.layerCount)} those of ${name}.`]
        .filter(Boolean)
        .join(" "),
    };
  const found = nameOfImage(base, registry);
  const borneOut = found === null ? "" : ` Its first ${layersInWords(base.layerCount)} those of ${found}.`;
  return { before: "built on", name, source: base.problem ?? `${says}${borneOut}` };
}

const says = "Its annotations say so.";

function layersInWords(count: number): string {
  return count === 1 ? "layer is" : `${count} layers are`;
}

/** As short as it is clear: the registry is named where it is another one. */
export function nameOfImage({ image }: ArtifactBase, registry: string): string | null {
  if (image === null) return null;
  const isTag = !image.reference.includes(":");
  const name = isTag
    ? `${image.repository}:${image.reference}`
    : `${image.repository}@${image.reference.slice(0, 19)}`;
  return image.registry === registry ? name : `${image.registry}/${name}`;
}
