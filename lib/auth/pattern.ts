/**
 * Repository patterns: an exact name, `team/*` (one level below), `team/**` (any depth below), `**` (everything).
 * The star stands only as the whole last segment. `team/**` does not match `team` itself.
 */
export type RepositoryPattern =
  | { kind: "exact"; name: string }
  | { kind: "children"; prefix: string }
  | { kind: "descendants"; prefix: string };

const nameSegment = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Returns null when the text is not a pattern. Prefixes end in a slash, or are empty for `*` and `**`. */
export function parsePattern(text: string): RepositoryPattern | null {
  if (text.length === 0 || text.length > 255) return null;
  const segments = text.split("/");
  const last = segments[segments.length - 1];
  const stars = last === "*" || last === "**";
  const names = stars ? segments.slice(0, -1) : segments;
  if (!names.every((segment) => nameSegment.test(segment))) return null;
  if (!stars) return { kind: "exact", name: text };
  const prefix = names.length === 0 ? "" : `${names.join("/")}/`;
  return { kind: last === "*" ? "children" : "descendants", prefix };
}

/** Whether the pattern covers a repository name. A malformed pattern covers nothing. */
export function matchesPattern(text: string, repository: string): boolean {
  const pattern = parsePattern(text);
  return pattern !== null && matchesParsedPattern(pattern, repository);
}

export function matchesParsedPattern(pattern: RepositoryPattern, repository: string): boolean {
  if (pattern.kind === "exact") return pattern.name === repository;
  if (!repository.startsWith(pattern.prefix) || repository.length === pattern.prefix.length) return false;
  return pattern.kind === "descendants" || !repository.slice(pattern.prefix.length).includes("/");
}
