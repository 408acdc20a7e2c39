import { matchesPattern, parsePattern } from "#lib/auth/pattern";

/** Whether any repository name could match both patterns; null stands for every repository. */
export function patternsOverlap(left: string | null, right: string | null): boolean {
  if (left === null) return right === null || parsePattern(right) !== null;
  if (right === null) return parsePattern(left) !== null;
  const a = parsePattern(left);
  const b = parsePattern(right);
  if (!a || !b) return false;
  if (a.kind === "exact") return matchesPattern(right, a.name);
  if (b.kind === "exact") return matchesPattern(left, b.name);
  if (a.kind === "children" && b.kind === "children") return a.prefix === b.prefix;
  if (a.kind === "children") return a.prefix.startsWith(b.prefix);
  if (b.kind === "children") return b.prefix.startsWith(a.prefix);
  return a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
}
