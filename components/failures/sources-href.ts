/** Where the sources of a registry are connected: of the one that is looked at, or of the only one. */
export function sourcesHref(registry: string, registries: readonly { slug: string }[]): string {
  const slug = registry || (registries.length === 1 ? registries[0]?.slug : undefined);
  return slug ? `/registries/${encodeURIComponent(slug)}?tab=sources` : "/registries";
}
