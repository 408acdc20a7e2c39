import type { ArtifactPlatform } from "#lib/inventory/schema-artifact";
import { platformInWords } from "@/components/artifacts/prepare-artifact-words";

export interface PlatformRow {
  digest: string;
  name: string;
  /** What stands in `?platform=`: the name, or the digest where several children have the same name. */
  param: string;
  selected: boolean;
  present: boolean;
  sizeBytes: number;
  layerCount: number | null;
  user: string | null;
}

export function preparePlatforms(platforms: readonly ArtifactPlatform[]): PlatformRow[] {
  const names = platforms.map(platformInWords);
  return platforms.map((platform, index) => {
    const name = names[index] ?? "unknown";
    const alone = names.indexOf(name) === names.lastIndexOf(name);
    return {
      digest: platform.digest,
      name,
      param: alone && isParam(name) ? name : platform.digest,
      selected: platform.selected,
      present: platform.present,
      sizeBytes: platform.sizeBytes,
      layerCount: platform.layerCount,
      user: platform.user,
    };
  });
}

// A name written by somebody else may be none that the address takes.
function isParam(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,40}(?:\/[A-Za-z0-9_.-]{1,40}){1,2}$/.test(name);
}
