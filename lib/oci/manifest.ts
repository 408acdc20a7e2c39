import { type Descriptor, parseDescriptor } from "#lib/oci/descriptor";
import { RegistryError } from "#lib/oci/errors";
import type { JsonObject } from "#lib/oci/json";
import { listField, parseJsonObject, textField, textMapField } from "#lib/oci/json-fields";
import {
  type ArtifactKind,
  artifactKindOf,
  bareMediaType,
  isSchema1,
  isVagueMediaType,
  type ManifestFormat,
  manifestFormatOf,
  ociImageIndex,
  ociImageManifest,
} from "#lib/oci/media-types";

type Common = {
  mediaType: string;
  format: ManifestFormat;
  artifactKind: ArtifactKind;
  artifactType: string | null;
  subject: Descriptor | null;
  annotations: Record<string, string>;
};

/** A manifest with a config and layers: an image, a chart, a signature, any artifact. */
export type ImageManifest = Common & { kind: "image"; config: Descriptor; layers: Descriptor[] };
/** An index (or Docker manifest list) of other manifests. */
export type IndexManifest = Common & { kind: "index"; manifests: Descriptor[] };
export type ParsedManifest = ImageManifest | IndexManifest;

export const maxManifestBytes = 4 * 1024 * 1024;
const maxEntries = 10_000;
const what = "The manifest";
const knownKeys = [
  "schemaVersion",
  "mediaType",
  "artifactType",
  "config",
  "layers",
  "manifests",
  "subject",
  "annotations",
  "fsLayers",
  "blobs",
];
const knownByLowerCase = new Map(knownKeys.map((key) => [key.toLowerCase(), key]));

/**
 * Reads a raw manifest into one of two shapes or throws: `too-old` for Docker schema 1, `unsupported` for a
 * media type we do not know, `too-large` over a cap, `invalid-response` for everything ambiguous or broken.
 * `contentType` is what the registry's header said; it must not contradict the body.
 */
export function parseManifest(body: Uint8Array, contentType?: string): ParsedManifest {
  if (body.byteLength > maxManifestBytes) {
    throw new RegistryError("too-large", `The manifest is larger than ${maxManifestBytes} bytes.`);
  }
  const claimed = bareMediaType(contentType);
  if (isSchema1(claimed)) throw tooOld();
  if (claimed === "text/html")
    throw new RegistryError("invalid-response", "The registry sent a web page instead of a manifest.");
  const json = parseJsonObject(body, what, { maxBytes: maxManifestBytes });
  refuseAmbiguousKeys(json);
  if (json.schemaVersion === 1) throw tooOld();
  if (json.schemaVersion !== 2) {
    throw new RegistryError("invalid-response", "The manifest has no schemaVersion 2.", {
      field: "schemaVersion",
    });
  }
  const mediaType = decideMediaType(json, claimed);
  const format = manifestFormatOf(mediaType);
  if (format === null) {
    throw new RegistryError(
      "unsupported",
      `Manifests of the type ${mediaType.slice(0, 200)} are not supported.`,
      { field: "mediaType" },
    );
  }
  return format === "oci-index" || format === "docker-list"
    ? parseIndex(json, mediaType, format)
    : parseImage(json, mediaType, format);
}

function tooOld(): RegistryError {
  return new RegistryError(
    "too-old",
    "This is a Docker schema 1 manifest: too old to be read. Push the image again with a current client.",
  );
}

/**
 * Go reads keys without regard to case, so a manifest with `Layers` beside `manifests` is two things to two
 * clients. The same holds for both lists at once.
 */
function refuseAmbiguousKeys(json: JsonObject): void {
  for (const key of Object.keys(json)) {
    const known = knownByLowerCase.get(key.toLowerCase());
    if (known !== undefined && known !== key) {
      throw new RegistryError(
        "invalid-response",
        `The manifest writes ${known} as ${key}: clients disagree on what that means.`,
        { field: key },
      );
    }
  }
  const holds = (key: string) => json[key] !== undefined;
  if (holds("manifests") && (holds("layers") || holds("config"))) {
    throw new RegistryError(
      "invalid-response",
      "The manifest has both layers and manifests: clients disagree on what it is.",
      { field: "manifests" },
    );
  }
  if (holds("fsLayers") && (holds("layers") || holds("manifests"))) throw tooOld();
}

function decideMediaType(json: JsonObject, claimed: string): string {
  const inBody = textField(json, "mediaType", what);
  if (inBody !== null && inBody !== "") {
    if (isSchema1(inBody)) throw tooOld();
    if (!isVagueMediaType(claimed) && claimed !== inBody) {
      const sentence = `The manifest says it is ${inBody.slice(0, 200)}, the registry says it is ${claimed.slice(0, 200)}.`;
      throw new RegistryError("invalid-response", sentence, { field: "mediaType" });
    }
    return inBody;
  }
  if (!isVagueMediaType(claimed)) return claimed;
  if (json.manifests !== undefined) return ociImageIndex;
  if (json.layers !== undefined) return ociImageManifest;
  throw new RegistryError(
    "invalid-response",
    "The manifest has neither a media type nor layers nor manifests.",
    { field: "mediaType" },
  );
}

function parseSubject(json: JsonObject): Descriptor | null {
  const subject = json.subject;
  return subject === undefined || subject === null ? null : parseDescriptor(subject, what, "subject");
}

function parseImage(json: JsonObject, mediaType: string, format: ManifestFormat): ImageManifest {
  if (json.manifests !== undefined) {
    throw new RegistryError("invalid-response", `A manifest of the type ${mediaType} has no manifests.`, {
      field: "manifests",
    });
  }
  const config = parseDescriptor(json.config, what, "config");
  const layers = listField(json, "layers", what, maxEntries).map((entry, index) =>
    parseDescriptor(entry, what, `layers[${index}]`),
  );
  const artifactType = textField(json, "artifactType", what) || null;
  const annotations = textMapField(json, "annotations", what);
  const artifactKind = artifactKindOf({ artifactType, config, layers, annotations });
  return {
    kind: "image",
    mediaType,
    format,
    artifactKind,
    artifactType,
    config,
    layers,
    subject: parseSubject(json),
    annotations,
  };
}

function parseIndex(json: JsonObject, mediaType: string, format: ManifestFormat): IndexManifest {
  if (json.layers !== undefined || json.config !== undefined) {
    throw new RegistryError("invalid-response", `A manifest of the type ${mediaType} has no layers.`, {
      field: "layers",
    });
  }
  if (json.manifests === undefined) {
    throw new RegistryError("invalid-response", "The index has no list of manifests.", {
      field: "manifests",
    });
  }
  const manifests = listField(json, "manifests", what, maxEntries).map((entry, index) =>
    parseDescriptor(entry, what, `manifests[${index}]`),
  );
  return {
    kind: "index",
    mediaType,
    format,
    artifactKind: "index",
    artifactType: textField(json, "artifactType", what) || null,
    manifests,
    subject: parseSubject(json),
    annotations: textMapField(json, "annotations", what),
  };
}
