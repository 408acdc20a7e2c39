import { type QueryValue, toSearch } from "@/components/query/fetch-json";
import { imageHref } from "@/components/ui/image-href";

/** The page of a tag or digest with its view: tab and platform stand in the address too. */
export function artifactHref(
  address: { registry: string; repository: string; reference: string },
  view: Record<string, QueryValue> = {},
): string {
  return `${imageHref(address.registry, address.repository, address.reference)}${toSearch(view)}`;
}

/** `slug/team/api:v1` or `slug/team/api@sha256:…`: what a person would write, and what /compare takes. */
export function fullReference(registry: string, repository: string, reference: string): string {
  return `${registry}/${repository}${isDigestReference(reference) ? "@" : ":"}${reference}`;
}

/** A digest has a colon, which a tag cannot have. */
export function isDigestReference(reference: string): boolean {
  return reference.includes(":");
}
