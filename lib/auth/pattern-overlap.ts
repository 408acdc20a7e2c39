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

/**
 * Whether every name that the inner pattern matches is matched by the outer one; null stands for every repository.
 * Two patterns that overlap always lie one in the other, so sets of them can be counted without counting twice.
 */
export function patternContains(outer: string | null, inner: string | null): boolean {
  if (outer === null) return inner === null || parsePattern(inner) !== null;
  const a = parsePattern(outer);
  if (inner === null) return a?.kind === "descendants" && a.prefix === "";
  const b = parsePattern(inner);
  if (!a || !b) return false;
  if (b.kind === "exact") return matchesPattern(outer, b.name);
  if (a.kind === "exact") return false;
  if (a.kind === "children") return b.kind === "children" && a.prefix === b.prefix;
  return b.prefix.startsWith(a.prefix);
}

/** What both match, as one pattern; undefined when that is nothing. */
export function intersectPatterns(left: string | null, right: string | null): string | null | undefined {
  if (patternContains(left, right)) return right;
  return patternContains(right, left) ? left : undefined;
}

/** Every pattern that matches this repository name: few, however many patterns there are. */
export function listCoveringPatterns(name: string): string[] {
  const slash = name.lastIndexOf("/");
  const folder = name.slice(0, slash + 1);
  return [name, `${folder}*`, ...listDescendantPatterns(folder)];
}

/** `**` and `/**` of each folder on the way to this prefix and of itself. */
export function listDescendantPatterns(prefix: string): string[] {
  const found = ["**"];
  for (let slash = prefix.indexOf("/"); slash !== -1; slash = prefix.indexOf("/", slash + 1))
    found.push(`${prefix.slice(0, slash + 1)}**`);
  return found;
}

/** Every pattern that contains this one, itself among them: few, however many patterns there are. */
export function listWiderPatterns(text: string): string[] {
  const pattern = parsePattern(text);
  if (!pattern) return [];
  if (pattern.kind === "exact") return listCoveringPatterns(pattern.name);
  const descendants = listDescendantPatterns(pattern.prefix);
  return pattern.kind === "children" ? [text, ...descendants] : descendants;
}

/** The same names in as few patterns as these: what lies in another one is left out. */
export function reducePatterns(patterns: Iterable<string>): string[] {
  const all = new Set(patterns);
  return [...all].filter((text) => {
    const wider = listWiderPatterns(text);
    return wider.length > 0 && !wider.some((other) => other !== text && all.has(other));
  });
}
