import { parseDigest } from "#lib/oci/digest";
import { RegistryError } from "#lib/oci/errors";
import { isManifestReference, isTag, repositoryProblem } from "#lib/oci/reference";

/** The checks that stand between an argument and a path: only names of the grammar ever reach the wire. */
export function checkRepository(name: string): string {
  const problem = repositoryProblem(name);
  if (problem !== null) throw new RegistryError("invalid-request", problem, { field: "repository" });
  return name;
}

export function checkTag(tag: string): string {
  if (isTag(tag)) return tag;
  const sentence =
    "A tag has up to 128 letters, digits, dots, dashes and underscores, and begins with none of . -";
  throw new RegistryError("invalid-request", sentence, { field: "tag" });
}

export function checkDigest(digest: string): string {
  const parsed = parseDigest(digest);
  if (!parsed.ok) throw new RegistryError("invalid-request", parsed.problem, { field: "digest" });
  return digest;
}

export function checkManifestReference(reference: string): string {
  if (isManifestReference(reference)) return reference;
  return reference.includes(":") ? checkDigest(reference) : checkTag(reference);
}
