/** `payments/** in prod` lines, one pattern a line, as the team form shows and takes them. */
export function formatPatterns(patterns: readonly { registry: string | null; pattern: string }[]): string {
  return patterns
    .map(({ registry, pattern }) => (registry ? `${pattern} in ${registry}` : pattern))
    .join("\n");
}

export function parsePatterns(text: string): { registry: string | null; pattern: string }[] {
  return readLines(text).map((line) => {
    const [pattern = "", registry] = line.split(/\s+in\s+/, 2);
    return { registry: registry?.trim() || null, pattern: pattern.trim() };
  });
}

export function readLines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);
}
