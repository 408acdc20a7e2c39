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
