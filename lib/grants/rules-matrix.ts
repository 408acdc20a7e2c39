import { patternContains, patternsOverlap } from "#lib/auth/pattern-overlap";
import {
  countRegion,
  countWithout,
  holdsRepository,
  type Region,
  regionOfFolder,
  restrictRegion,
  type SplitRegion,
  splitRegion,
  toRegion,
} from "#lib/grants/rules-regions";
import { listPatternsFor, type WrittenGrant } from "#lib/grants/rules-write";
import { type AccessAction, type AccessMatrix, accessActions } from "#lib/grants/schema";

export interface MatrixColumn {
  /** Sorts columns: the path, with a slash behind it for a folder. */
  key: string;
  path: string;
  isRepository: boolean;
  /** Repositories that the reader sees there. */
  count: number;
}

export interface MatrixSubject {
  kind: string;
  principalIds: ReadonlySet<string>;
  isDisabled: boolean;
}

/** What one principal holds below the folder. */
export interface Holdings {
  held: Record<AccessAction, SplitRegion>;
  /** Where it may not push and delete, whatever is granted. */
  closed: SplitRegion;
  /** What is protected and it may push to. */
  opened: SplitRegion;
  /** A grant of pushing or deleting that reaches beyond the folder, or into the whole registry. */
  reachesFurther: boolean;
}

export interface MatrixWorld {
  countOf: (pattern: string) => number;
  prefix: string;
}

type Cell = Omit<AccessMatrix["rows"][number]["cells"][number], "expiresAt">;

export function prepareHoldings(
  grants: readonly WrittenGrant[],
  protections: readonly { text: string; pusherIds: ReadonlySet<string> }[],
  subject: MatrixSubject,
  view: { prefix: string; limits: readonly (string | null)[] },
): Holdings {
  const split = (patterns: readonly string[]) =>
    splitRegion(restrictRegion(toRegion(patterns), view.limits), view.prefix);
  const isClosed = (pusherIds: ReadonlySet<string>) =>
    ![...subject.principalIds].some((id) => pusherIds.has(id));
  const closed = protections.filter(({ pusherIds }) => isClosed(pusherIds));
  const opened = protections.filter(({ pusherIds }) => !isClosed(pusherIds));
  const writes = [...listPatternsFor("push", grants), ...listPatternsFor("delete", grants)];
  const here = `${view.prefix}**`;
  return {
    held: {
      pull: split(listPatternsFor("pull", grants)),
      push: split(listPatternsFor("push", grants)),
      delete: split(listPatternsFor("delete", grants)),
    },
    closed: split(closed.map(({ text }) => text)),
    opened: split(opened.map(({ text }) => text)),
    // Every repository of the registry is too wide wherever one looks, the top included.
    reachesFurther: writes.some(
      (pattern) => pattern === "**" || (pattern !== here && patternContains(pattern, here)),
    ),
  };
}

/** Every pattern whose count evaluateRow will ask for. */
export function* listNeededPatterns(
  rows: readonly Holdings[],
  columns: readonly MatrixColumn[],
  protectedRegion: SplitRegion,
): Iterable<string> {
  const folders = columns.filter((column) => !column.isRepository);
  for (const { path } of folders) yield* regionOfFolder(protectedRegion, path);
  for (const { held, closed, opened } of rows)
    for (const { path } of folders) {
      for (const action of accessActions) {
        const region = regionOfFolder(held[action], path);
        yield* region;
        if (action === "pull") continue;
        yield* restrictRegion(region, regionOfFolder(closed, path));
        if (action === "push") yield* restrictRegion(region, regionOfFolder(opened, path));
      }
    }
}

export function evaluateRow(
  world: MatrixWorld,
  holdings: Holdings,
  subject: MatrixSubject,
  columns: readonly MatrixColumn[],
): Cell[] {
  return columns.map((column) => {
    if (subject.isDisabled) return { pull: "none", push: "none", delete: "none", warning: null };
    const counts = column.isRepository
      ? countInRepository(holdings, column.path)
      : countInFolder(world, holdings, column.path);
    const share = (count: number): Cell["pull"] =>
      count === 0 ? "none" : count >= column.count ? "all" : "some";
    const writes = counts.push > 0 || counts.delete > 0;
    const isPerson = subject.kind === "user" || subject.kind === "group";
    const warning =
      isPerson && counts.protectedPush > 0
        ? "A person may push to a protected repository here."
        : writes && holdings.reachesFurther
          ? "A grant reaches further than this folder."
          : null;
    return { pull: share(counts.pull), push: share(counts.push), delete: share(counts.delete), warning };
  });
}

/** When the first grant that matters for a column ends by itself; null when none of them does. */
export function findFirstEnd(
  grants: readonly Pick<WrittenGrant, "pattern" | "expiresAt">[],
  column: MatrixColumn,
): Date | null {
  const place = column.isRepository ? column.path : `${column.path}/**`;
  let first: Date | null = null;
  for (const { pattern, expiresAt } of grants)
    if (expiresAt !== null && pattern !== null && (first === null || expiresAt < first))
      if (patternsOverlap(pattern, place)) first = expiresAt;
  return first;
}

interface Counts extends Record<AccessAction, number> {
  protectedPush: number;
}

function countInRepository({ held, closed, opened }: Holdings, path: string): Counts {
  const isClosed = holdsRepository(closed, path);
  const has = (action: AccessAction) =>
    holdsRepository(held[action], path) && (action === "pull" || !isClosed) ? 1 : 0;
  const push = has("push");
  return {
    pull: has("pull"),
    push,
    delete: has("delete"),
    protectedPush: push > 0 && holdsRepository(opened, path) ? 1 : 0,
  };
}

function countInFolder({ countOf }: MatrixWorld, { held, closed, opened }: Holdings, path: string): Counts {
  const without = regionOfFolder(closed, path);
  const count = (action: AccessAction) => {
    const region: Region = regionOfFolder(held[action], path);
    return action === "pull" ? countRegion(region, countOf) : countWithout(region, without, countOf);
  };
  const push = count("push");
  const open = restrictRegion(regionOfFolder(held.push, path), regionOfFolder(opened, path));
  return {
    pull: count("pull"),
    push,
    delete: count("delete"),
    // What one protection opens another may close: only when something is left is it worth a word.
    protectedPush: push > 0 ? countWithout(open, without, countOf) : 0,
  };
}
