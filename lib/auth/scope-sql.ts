import { parsePattern } from "#lib/auth/pattern";
import type { Scope } from "#lib/auth/rules";
import { Prisma } from "#lib/db/generated/client";

/**
 * The scope as a condition on a registry id column and a repository name column, for raw queries.
 * Column names are constants of the caller, never input.
 */
export function scopeCondition(scope: Scope, registryColumn: string, nameColumn: string): Prisma.Sql {
  if (scope.everywhere) return Prisma.sql`TRUE`;
  const registry = Prisma.raw(registryColumn);
  const name = Prisma.raw(nameColumn);
  const parts = scope.rules.map((rule) => {
    const inRegistry =
      rule.registryId === null ? Prisma.sql`TRUE` : Prisma.sql`${registry} = ${rule.registryId}`;
    return rule.pattern === null
      ? inRegistry
      : Prisma.sql`(${inRegistry} AND ${patternCondition(rule.pattern, name)})`;
  });
  return parts.length === 0 ? Prisma.sql`FALSE` : Prisma.sql`(${Prisma.join(parts, " OR ")})`;
}

/** One repository pattern as a condition on a name expression; a malformed pattern matches nothing. */
export function patternCondition(text: string, name: Prisma.Sql): Prisma.Sql {
  const pattern = parsePattern(text);
  if (!pattern) return Prisma.sql`FALSE`;
  if (pattern.kind === "exact") return Prisma.sql`${name} = ${pattern.name}`;
  const below = Prisma.sql`starts_with(${name}, ${pattern.prefix})`;
  if (pattern.kind === "descendants") return below;
  return Prisma.sql`(${below} AND position('/' in substr(${name}, ${pattern.prefix.length + 1}::int)) = 0)`;
}

/** Names that any of these patterns matches; the cost grows with the patterns of any depth only. */
export function anyPatternCondition(texts: readonly string[], name: Prisma.Sql): Prisma.Sql {
  const exact: string[] = [];
  const folders: string[] = [];
  const prefixes: string[] = [];
  for (const text of texts) {
    const pattern = parsePattern(text);
    if (pattern?.kind === "exact") exact.push(pattern.name);
    else if (pattern?.kind === "children") folders.push(pattern.prefix);
    else if (pattern) prefixes.push(pattern.prefix);
  }
  if (prefixes.includes("")) return Prisma.sql`TRUE`;
  const parts: Prisma.Sql[] = [];
  if (exact.length > 0) parts.push(Prisma.sql`${name} = ANY(${exact}::text[])`);
  // The folder is what is left without the last segment, its slash included.
  if (folders.length > 0)
    parts.push(Prisma.sql`regexp_replace(${name}, '[^/]*$', '') = ANY(${folders}::text[])`);
  if (prefixes.length > 0)
    parts.push(
      Prisma.sql`EXISTS (SELECT 1 FROM unnest(${prefixes}::text[]) AS p(prefix) WHERE starts_with(${name}, p.prefix))`,
    );
  return parts.length === 0 ? Prisma.sql`FALSE` : Prisma.sql`(${Prisma.join(parts, " OR ")})`;
}
