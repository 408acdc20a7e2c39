import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Page } from "#lib/http/page-schema";
import type { Artifact, Referrers } from "#lib/inventory/schema-artifact";
import type { DigestPlace } from "#lib/search/schema";
import { fetchJson } from "@/components/query/fetch-json";

export interface ArtifactAddress {
  registry: string;
  repository: string;
  /** A tag or a digest. */
  reference: string;
}

export const artifactKeys = {
  artifact: (address: ArtifactAddress, platform: string | null) =>
    ["artifact", address.registry, address.repository, address.reference, platform] as const,
  referrers: (registry: string, repository: string, digest: string) =>
    ["referrers", registry, repository, digest] as const,
  places: (digest: string) => ["digest-places", digest] as const,
};

export function artifactQuery(address: ArtifactAddress, platform: string | null) {
  return queryOptions({
    queryKey: artifactKeys.artifact(address, platform),
    queryFn: ({ signal }) =>
      fetchJson<Artifact>("/api/v1/manifests", { query: { ...address, platform, deleted: true }, signal }),
    // The next platform comes in where the last one stood: nothing jumps.
    placeholderData: (before, query) =>
      query?.queryKey[1] === address.registry &&
      query.queryKey[2] === address.repository &&
      query.queryKey[3] === address.reference
        ? before
        : undefined,
  });
}

export function referrersQuery(registry: string, repository: string, digest: string) {
  return queryOptions({
    queryKey: artifactKeys.referrers(registry, repository, digest),
    queryFn: ({ signal }) =>
      fetchJson<Referrers>("/api/v1/referrers", { query: { registry, repository, digest }, signal }),
  });
}

export function digestPlacesQuery(digest: string) {
  return infiniteQueryOptions({
    queryKey: artifactKeys.places(digest),
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<DigestPlace>>("/api/v1/digests", {
        query: { digest, cursor: pageParam, limit: 20 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
