import { parsePattern } from "#lib/auth/pattern";
import { listCoveringPatterns, listDescendantPatterns } from "#lib/auth/pattern-overlap";
import type { Scope } from "#lib/auth/rules";

/** Rows whose own pattern overlaps the scope, as a condition on `registryId` and `pattern`. */
export function overlapScopeWhere(scope: Scope): object {
  if (scope.everywhere) return {};
  return {
    OR: scope.rules.map(({ registryId, pattern }) => ({
      ...(registryId === null ? {} : { registryId }),
      ...(pattern === null ? {} : overlapWhere(pattern)),
    })),
  };
}

/** Rows whose own pattern overlaps this one. A malformed pattern overlaps nothing. */
export function overlapWhere(text: string): object {
  const pattern = parsePattern(text);
  if (!pattern) return { OR: [] };
  if (pattern.kind === "exact") return { pattern: { in: listCoveringPatterns(pattern.name) } };
  const wider = { pattern: { in: listDescendantPatterns(pattern.prefix) } };
  const prefix = escapeLike(pattern.prefix);
  const below = { pattern: { startsWith: prefix } };
  if (pattern.kind === "descendants") return { OR: [wider, below] };
  // Prisma leaves the wildcards of LIKE as they are: this one means a further slash.
  return { OR: [wider, { ...below, NOT: { pattern: { startsWith: `${prefix}%/` } } }] };
}

/** What is looked for as it is written. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
