import { type QueryValue, toSearch } from "@/components/query/fetch-json";

/** The page of a repository, tag or digest: the address is the image reference. */
export function imageHref(
  registry: string,
  repository: string,
  reference?: string | null,
  query: Record<string, QueryValue> = {},
): string {
  const path = repository.split("/").map(encodeURIComponent).join("/");
  const suffix = reference
    ? `${separatorOf(reference)}${encodeURIComponent(reference).replace("%3A", ":")}`
    : "";
  return `/images/${encodeURIComponent(registry)}/${path}${suffix}${toSearch(query)}`;
}

/** `slug/team/api:v1` or `slug/team/api@sha256:…`: what a person would write, and what /compare takes. */
export function fullReference(registry: string, repository: string, reference: string): string {
  return `${registry}/${repository}${separatorOf(reference)}${reference}`;
}

/** A digest has a colon, which a tag cannot have. */
export function isDigestReference(reference: string): boolean {
  return reference.includes(":");
}

function separatorOf(reference: string): ":" | "@" {
  return isDigestReference(reference) ? "@" : ":";
}
