import { parseDigest } from "#lib/oci/digest";
import { RegistryError } from "#lib/oci/errors";
import type { JsonObject, JsonValue } from "#lib/oci/json";
import {
  isJsonObject,
  objectField,
  sizeField,
  textField,
  textListField,
  textMapField,
  wrongField,
} from "#lib/oci/json-fields";
import { type Platform, parsePlatform } from "#lib/oci/platform";

export type Descriptor = {
  mediaType: string;
  digest: string;
  sizeBytes: number;
  artifactType: string | null;
  platform: Platform | null;
  annotations: Record<string, string>;
  /** Where a foreign layer says it can be had. Shown, never fetched. */
  urls: string[];
};

const maxUrls = 100;

/** Reads one descriptor; `field` is its place in the body, for the error sentence. */
export function parseDescriptor(value: JsonValue | undefined, what: string, field: string): Descriptor {
  if (!isJsonObject(value)) throw wrongField(what, field, "a descriptor");
  const mediaType = textField(value, "mediaType", what, `${field}.mediaType`);
  const digest = textField(value, "digest", what, `${field}.digest`);
  if (digest === null) throw wrongField(what, `${field}.digest`, "a digest");
  const parsed = parseDigest(digest);
  if (!parsed.ok) {
    throw new RegistryError("invalid-response", `${what} is malformed: ${field}.digest: ${parsed.problem}`, {
      field: `${field}.digest`,
    });
  }
  const platform = objectField(value, "platform", what, `${field}.platform`);
  return {
    mediaType: mediaType ?? "",
    digest,
    sizeBytes: sizeField(value, "size", what, `${field}.size`),
    artifactType: textField(value, "artifactType", what, `${field}.artifactType`) || null,
    platform: platform === null ? null : parsePlatform(platform, what, `${field}.platform`),
    annotations: textMapField(value, "annotations", what, `${field}.annotations`),
    urls: textListField(value, "urls", what, maxUrls, `${field}.urls`),
  };
}

/** A descriptor in the spelling of the wire, for manifests that we write ourselves. */
export function descriptorJson(
  descriptor: Pick<Descriptor, "mediaType" | "digest" | "sizeBytes">,
): JsonObject {
  return { mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.sizeBytes };
}
