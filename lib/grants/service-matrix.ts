import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { listPatternsIn } from "#lib/auth/reach";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import {
  evaluateRow,
  findFirstEnd,
  listNeededPatterns,
  type MatrixColumn,
  type MatrixWorld,
  prepareHoldings,
} from "#lib/grants/rules-matrix";
import {
  countRegion,
  regionOfFolder,
  restrictRegion,
  splitRegion,
  toRegion,
} from "#lib/grants/rules-regions";
import type { AccessMatrix, MatrixQuery } from "#lib/grants/schema";
import { openGrantRegistry } from "#lib/grants/service";
import { type GrantRegistryRow, listLiveGrants } from "#lib/grants/store";
import {
  countPatterns,
  listChildFolders,
  listChildRepositories,
  listHolderStates,
  listLastUsesInRegistry,
} from "#lib/grants/store-access";
import { loadProtections, prepareSubjects } from "#lib/grants/subject";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import type { PrincipalKind } from "#lib/principals/schema";

const shownColumns = 30;

/** Principals × the children of a folder, as effective access. It counts patterns, never repositories one by one. */
export async function getMatrix(ctx: Context, query: MatrixQuery): Promise<AccessMatrix> {
  authorizeSomewhere(ctx, "access.read");
  const registry = await openGrantRegistry(db(), ctx, query.registry);
  const scope = evaluateScope(ctx.principal, "access.read");
  const limits = listPatternsIn(scope, registry.id);
  const prefix = query.prefix === "" ? "" : `${query.prefix}/`;
  const pattern = `${prefix}**`;
  const keyset = createUuidKeyset("name", { name: "text" }, query.cursor);
  const filter = { registryId: registry.id, pattern, scope, kind: query.kind, q: query.q };
  const [holders, all, protections] = await Promise.all([
    listHolderStates(db(), filter, ctx.now, keyset, query.limit + 1),
    listColumns(registry, prefix, limits),
    loadProtections(db(), registry),
  ]);
  const page = cutUuidPage(holders, query.limit, keyset);
  const subjects = await prepareSubjects(db(), page.items, ctx.now);
  const principalIds = [...new Set(subjects.flatMap((subject) => [...subject.principalIds]))];
  const grants = await listLiveGrants(db(), { registryId: registry.id, pattern, principalIds }, ctx.now);

  const rest = all.filter(({ key }) => query.columnsAfter === undefined || key > query.columnsAfter);
  const columns = rest.slice(0, shownColumns);
  const rows = subjects.map((subject) => {
    const held = grants.filter((grant) => subject.principalIds.has(grant.principalId));
    const ending = held.filter((grant) => grant.expiresAt !== null);
    return { subject, ending, holdings: prepareHoldings(held, protections, subject, { prefix, limits }) };
  });
  const uses = await listLastUsesInRegistry(
    db(),
    registry.id,
    subjects.flatMap(({ id }) => id ?? []),
  );
  const closed = splitRegion(restrictRegion(toRegion(protections.map(({ text }) => text)), limits), prefix);
  const countOf = await countPatterns(
    db(),
    registry.id,
    listNeededPatterns(
      rows.map(({ holdings }) => holdings),
      columns,
      closed,
    ),
  );
  const world: MatrixWorld = { countOf, prefix };
  return {
    columns: columns.map((column) => ({
      path: column.path,
      isRepository: column.isRepository,
      repositoryCount: column.count,
      protectedCount: countColumn(column, closed, countOf),
    })),
    nextColumn: rest.length > columns.length ? (columns.at(-1)?.key ?? null) : null,
    columnCount: all.length,
    rows: rows.map(({ subject, ending, holdings }) => ({
      principal: { id: subject.id ?? "", kind: subject.kind as PrincipalKind, name: subject.name },
      disabled: subject.isDisabled,
      cells: evaluateRow(world, holdings, subject, columns).map((cell, at) => ({
        ...cell,
        expiresAt: endOf(cell, ending, columns[at]),
      })),
      lastUsedAt: (subject.id === null ? undefined : uses.get(subject.id))?.toISOString() ?? null,
    })),
    nextCursor: page.nextCursor,
  };
}

function endOf(
  { pull, push, delete: deletion }: Record<"pull" | "push" | "delete", string>,
  ending: Parameters<typeof findFirstEnd>[0],
  column: MatrixColumn | undefined,
): string | null {
  if (!column || (pull === "none" && push === "none" && deletion === "none")) return null;
  return findFirstEnd(ending, column)?.toISOString() ?? null;
}

/** Repositories and folders that lie in the folder, as far as they are seen; a folder sorts behind its namesake. */
async function listColumns(
  registry: GrantRegistryRow,
  prefix: string,
  limits: readonly (string | null)[],
): Promise<MatrixColumn[]> {
  const [folders, names] = await Promise.all([
    listChildFolders(db(), registry.id, prefix.slice(0, -1)),
    listChildRepositories(db(), registry.id, prefix),
  ]);
  const whole = limits.includes(null);
  const seen = splitRegion(toRegion(limits.flatMap((limit) => limit ?? [])), prefix);
  const below = [...seen.folders.values()].flat();
  const countOf = whole ? () => 0 : await countPatterns(db(), registry.id, below);
  const columns: MatrixColumn[] = [];
  for (const { path, count } of folders) {
    const visible = whole || seen.whole !== null ? count : countRegion(regionOfFolder(seen, path), countOf);
    if (visible > 0) columns.push({ key: `${path}/`, path, isRepository: false, count: visible });
  }
  for (const path of names)
    if (whole || seen.direct || seen.repositories.has(path))
      columns.push({ key: path, path, isRepository: true, count: 1 });
  return columns.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function countColumn(
  column: MatrixColumn,
  split: ReturnType<typeof splitRegion>,
  countOf: (pattern: string) => number,
): number {
  if (column.isRepository) return split.direct || split.repositories.has(column.path) ? 1 : 0;
  return split.whole === null ? countRegion(regionOfFolder(split, column.path), countOf) : column.count;
}
