/** The address of a repository, a tag or a digest: the reference itself. */
export function imageHref(registry: string, repository: string, reference?: string): string {
  const path = `/images/${encodeURIComponent(registry)}/${repository.split("/").map(encodeURIComponent).join("/")}`;
  if (!reference) return path;
  return reference.includes(":")
    ? `${path}@${reference.split(":").map(encodeURIComponent).join(":")}`
    : `${path}:${encodeURIComponent(reference)}`;
}
