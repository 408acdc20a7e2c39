import { parsePattern } from "#lib/auth/pattern";
import { intersectPatterns, patternContains, reducePatterns } from "#lib/auth/pattern-overlap";

/**
 * A set of repositories as patterns of which none lies in another. As two patterns that overlap always lie one in the
 * other, the size of such a set is the sum of its patterns: no repository is looked at to count it.
 */
export type Region = readonly string[];

export const toRegion = (patterns: Iterable<string>): Region => reducePatterns(patterns);

/** What lies in both; null among the limits stands for everything. */
export function restrictRegion(region: Region, limits: readonly (string | null)[]): Region {
  if (limits.includes(null)) return region;
  return reducePatterns(
    region.flatMap((pattern) => limits.flatMap((limit) => intersectPatterns(pattern, limit) ?? [])),
  );
}

export function countRegion(region: Region, countOf: (pattern: string) => number): number {
  return region.reduce((sum, pattern) => sum + countOf(pattern), 0);
}

/** A region seen from a folder: what of it lies in which child. */
export interface SplitRegion {
  /** A pattern that covers everything below the folder; the widest. */
  whole: string | null;
  /** Covers the repositories that lie in the folder itself. */
  direct: boolean;
  /** Repositories in the folder that are named. */
  repositories: ReadonlySet<string>;
  /** For each folder in the folder, the patterns below it. */
  folders: ReadonlyMap<string, Region>;
}

/** `prefix` is empty, or a path with a slash at its end. */
export function splitRegion(region: Region, prefix: string): SplitRegion {
  let whole: string | null = null;
  let direct = false;
  const repositories = new Set<string>();
  const folders = new Map<string, string[]>();
  for (const text of region) {
    if (patternContains(text, `${prefix}**`)) {
      whole = text;
      direct = true;
      continue;
    }
    if (!text.startsWith(prefix)) continue;
    const rest = text.slice(prefix.length);
    const slash = rest.indexOf("/");
    if (rest === "*") direct = true;
    else if (slash === -1) repositories.add(text);
    else {
      const path = prefix + rest.slice(0, slash);
      const held = folders.get(path);
      if (held) held.push(text);
      else folders.set(path, [text]);
    }
  }
  return { whole, direct, repositories, folders };
}

/** What of the region lies below one of the folders. */
export function regionOfFolder(split: SplitRegion, path: string): Region {
  if (split.whole !== null) return [`${path}/**`];
  return split.folders.get(path) ?? [];
}

export function holdsRepository(split: SplitRegion, name: string): boolean {
  return split.whole !== null || split.direct || split.repositories.has(name);
}

/** What of the region is left without the other one, as a number. */
export function countWithout(region: Region, without: Region, countOf: (pattern: string) => number): number {
  return countRegion(region, countOf) - countRegion(restrictRegion(region, without), countOf);
}

/** Folder paths and names that have to be known to count these patterns. */
export function listCountNeeds(patterns: Iterable<string>): { folders: string[]; names: string[] } {
  const folders = new Set<string>();
  const names = new Set<string>();
  for (const text of patterns) {
    const pattern = parsePattern(text);
    if (pattern?.kind === "exact") names.add(pattern.name);
    else if (pattern) folders.add(pattern.prefix.replace(/\/$/, ""));
  }
  return { folders: [...folders], names: [...names] };
}
