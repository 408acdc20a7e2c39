import type { Artifact } from "#lib/inventory/schema-artifact";
import { toSearch } from "@/components/query/fetch-json";

/** Where the very bytes of the shown manifest are: by its digest, so that no move of a tag comes between. */
export function rawManifestHref({ registry, repository, digest }: Artifact): string {
  return `/api/v1/manifests/raw${toSearch({ registry, repository, reference: digest, deleted: true })}`;
}

/** The same for the config of the platform that is shown. */
export function rawConfigHref({ registry, repository, digest, platforms }: Artifact): string {
  const reference = platforms.find((platform) => platform.selected)?.digest ?? digest;
  return `/api/v1/manifests/config${toSearch({ registry, repository, reference, deleted: true })}`;
}
