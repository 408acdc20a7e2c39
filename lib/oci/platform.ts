import type { JsonObject } from "#lib/oci/json";
import { textField } from "#lib/oci/json-fields";

export type Platform = {
  os: string;
  architecture: string;
  variant: string | null;
  osVersion: string | null;
};

/** The platform of a descriptor in an index. */
export function parsePlatform(object: JsonObject, what: string, field = "platform"): Platform {
  return {
    os: textField(object, "os", what, `${field}.os`) ?? "",
    architecture: textField(object, "architecture", what, `${field}.architecture`) ?? "",
    variant: textField(object, "variant", what, `${field}.variant`) || null,
    osVersion: textField(object, "os.version", what, `${field}.os.version`) || null,
  };
}

/** `linux/arm64/v8`, as clients write it. */
export function formatPlatform(platform: Platform): string {
  const base = `${platform.os || "unknown"}/${platform.architecture || "unknown"}`;
  return platform.variant === null ? base : `${base}/${platform.variant}`;
}

/** BuildKit marks the attestations inside an index with the platform unknown/unknown. */
export function isUnknownPlatform(platform: Platform | null): boolean {
  return platform !== null && platform.os === "unknown" && platform.architecture === "unknown";
}
