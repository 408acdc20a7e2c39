/** `pier/team/api` as the registry and the repository that it names. */
export function parseRepositoryKey(key: string): { registry: string; repository: string } {
  const slash = key.indexOf("/");
  return { registry: key.slice(0, Math.max(0, slash)), repository: key.slice(slash + 1) };
}
