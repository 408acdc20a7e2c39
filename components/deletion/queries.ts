import { queryOptions } from "@tanstack/react-query";
import type { DeleteTagResult, TagDeletionPlan } from "#lib/inventory/schema";
import type { DeleteManifestResult, ManifestDeletionPlan } from "#lib/inventory/schema-artifact";
import { fetchJson } from "@/components/query/fetch-json";

export interface TagAddress {
  registry: string;
  repository: string;
  tag: string;
}

/** What deleting the tag would do now: asked anew each time, because a plan is only true for a moment. */
export function tagDeletionPlanQuery(address: TagAddress) {
  return queryOptions({
    queryKey: ["tag-deletion-plan", address.registry, address.repository, address.tag] as const,
    queryFn: ({ signal }) => fetchTagDeletionPlan(address, signal),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

export function fetchTagDeletionPlan(address: TagAddress, signal?: AbortSignal): Promise<TagDeletionPlan> {
  return fetchJson<TagDeletionPlan>("/api/v1/tags/deletion-plan", { query: { ...address }, signal });
}

export function deleteTag(address: TagAddress, confirm: string | null): Promise<DeleteTagResult> {
  return fetchJson<DeleteTagResult>("/api/v1/tags", { method: "DELETE", query: { ...address, confirm } });
}

export interface ManifestAddress {
  registry: string;
  repository: string;
  /** A digest. */
  reference: string;
}

export function manifestDeletionPlanQuery(address: ManifestAddress) {
  return queryOptions({
    queryKey: ["manifest-deletion-plan", address.registry, address.repository, address.reference] as const,
    queryFn: ({ signal }) =>
      fetchJson<ManifestDeletionPlan>("/api/v1/manifests/deletion-plan", { query: { ...address }, signal }),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** `tagsFingerprint` is that of the plan that was shown. */
export function deleteManifest(
  address: ManifestAddress,
  confirm: string | null,
  tagsFingerprint: string | undefined,
): Promise<DeleteManifestResult> {
  return fetchJson<DeleteManifestResult>("/api/v1/manifests", {
    method: "DELETE",
    query: { ...address, confirm, tagsFingerprint },
  });
}
