import type { Scope } from "#lib/auth/rules";
import { scopeCondition } from "#lib/auth/scope-sql";
import { db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import { containsPattern, createKeyset, cutPage, type SortKey } from "#lib/inventory/store-read-keyset";

export interface RepositoryRow {
  id: bigint;
  registry_id: number;
  name: string;
  tag_count: number;
  manifest_count: number;
  size_bytes: bigint;
  unique_bytes: bigint | null;
  kind: string | null;
  last_pushed_at: Date | null;
  last_pulled_at: Date | null;
  first_seen_at: Date;
  missing_since: Date | null;
}

export interface RepositoryFilter {
  scope: Scope;
  registryId: number | null;
  /** Disconnected registries, left out unless one of them is asked for. */
  withoutRegistryIds: number[];
  q: string;
  prefix: string;
  teamRules: readonly { registryId: number | null; pattern: string }[] | null;
  state: "present" | "missing" | "all";
  facets: RepositoryFacetFilter;
}

/** Each null when it is not asked for. Registries are named by id: what depends on them is decided before. */
export interface RepositoryFacetFilter {
  protectedBy: { is: boolean; rules: readonly { registryId: number; pattern: string }[] } | null;
  pulled: { seen: boolean; registryIds: readonly number[] | null } | null;
  staleIn: { is: boolean; registryIds: readonly number[] } | null;
  kind: string | null;
}

const unknownTime = (column: string) => Prisma.sql`coalesce(${Prisma.raw(column)}, '-infinity'::timestamptz)`;

const sortKeys: Record<"name" | "tagCount" | "sizeBytes" | "lastPushedAt" | "lastPulledAt", SortKey> = {
  name: { expression: Prisma.sql`r.name`, type: "text" },
  tagCount: { expression: Prisma.sql`r.tag_count`, type: "integer" },
  sizeBytes: { expression: Prisma.sql`r.size_bytes`, type: "bigint" },
  lastPushedAt: { expression: unknownTime("r.last_pushed_at"), type: "time" },
  lastPulledAt: { expression: unknownTime("r.last_pulled_at"), type: "time" },
};

const columns = Prisma.sql`r.id, r.registry_id, r.name, r.tag_count, r.manifest_count, r.size_bytes, r.unique_bytes,
  r.kind, r.last_pushed_at, r.last_pulled_at, r.first_seen_at, r.missing_since`;

/** Everything at a path and below. The range lets the index on the name serve it. */
export function pathCondition(prefix: string, name: Prisma.Sql): Prisma.Sql {
  const path = prefix.replace(/\/+$/, "");
  if (path === "") return Prisma.sql`TRUE`;
  // "0" is the character after "/".
  const range = Prisma.sql`${name} >= ${path} AND ${name} < ${`${path}0`}`;
  const below = Prisma.sql`starts_with(${name}, ${`${path}/`})`;
  return prefix.endsWith("/")
    ? Prisma.sql`(${range} AND ${below})`
    : Prisma.sql`(${range} AND (${below} OR ${name} = ${path}))`;
}

function filterCondition(filter: RepositoryFilter, matching?: Prisma.Sql): Prisma.Sql {
  const parts = [scopeCondition(filter.scope, "r.registry_id", "r.name")];
  if (filter.registryId !== null) parts.push(Prisma.sql`r.registry_id = ${filter.registryId}`);
  if (filter.withoutRegistryIds.length > 0)
    parts.push(Prisma.sql`r.registry_id <> ALL(${filter.withoutRegistryIds}::int[])`);
  if (filter.q !== "") parts.push(matching ?? Prisma.sql`r.name LIKE ${containsPattern(filter.q)}`);
  if (filter.prefix !== "") parts.push(pathCondition(filter.prefix, Prisma.sql`r.name`));
  if (filter.teamRules !== null)
    parts.push(scopeCondition({ everywhere: false, rules: filter.teamRules }, "r.registry_id", "r.name"));
  if (filter.state === "present") parts.push(Prisma.sql`r.missing_since IS NULL`);
  if (filter.state === "missing") parts.push(Prisma.sql`r.missing_since IS NOT NULL`);
  return Prisma.join([...parts, ...facetConditions(filter.facets)], " AND ");
}

function facetConditions({ protectedBy, pulled, staleIn, kind }: RepositoryFacetFilter): Prisma.Sql[] {
  const parts: Prisma.Sql[] = [];
  const inRegistries = (ids: readonly number[]) => Prisma.sql`r.registry_id = ANY(${[...ids]}::int[])`;
  if (protectedBy) {
    const covered = scopeCondition(
      { everywhere: false, rules: protectedBy.rules },
      "r.registry_id",
      "r.name",
    );
    parts.push(protectedBy.is ? covered : Prisma.sql`NOT ${covered}`);
  }
  if (pulled) {
    const never = Prisma.sql`${unknownTime("r.last_pulled_at")} = '-infinity'::timestamptz`;
    parts.push(pulled.seen ? Prisma.sql`r.last_pulled_at IS NOT NULL` : never);
    if (pulled.registryIds) parts.push(inRegistries(pulled.registryIds));
  }
  if (staleIn)
    parts.push(
      staleIn.is ? inRegistries(staleIn.registryIds) : Prisma.sql`NOT ${inRegistries(staleIn.registryIds)}`,
    );
  if (kind !== null) parts.push(Prisma.sql`r.kind = ${kind}`);
  return parts;
}

const shortestTrigram = 3;
const fewMatches = 2_000;

/** One or two characters have no trigram: when few names hold them, those are found by the index on the name alone. */
async function matchShortText(text: string): Promise<Prisma.Sql | undefined> {
  if (text === "" || [...text].length >= shortestTrigram) return undefined;
  const found = await db().$queryRaw<{ id: bigint }[]>`
    SELECT r.id FROM repository r WHERE r.name LIKE ${containsPattern(text)} LIMIT ${fewMatches + 1}`;
  if (found.length > fewMatches) return undefined;
  return Prisma.sql`r.id = ANY(${found.map((row) => String(row.id))}::bigint[])`;
}

export async function listRepositoryRows(
  filter: RepositoryFilter,
  page: { sort: string; cursor?: string; limit: number },
): Promise<{ rows: RepositoryRow[]; nextCursor: string | null }> {
  const keyset = createKeyset(page.sort, sortKeys, Prisma.sql`r.id`, page.cursor);
  const rows = await db().$queryRaw<(RepositoryRow & { sort_key: string })[]>`
    SELECT ${columns}, ${keyset.key} AS sort_key
    FROM repository r
    WHERE ${filterCondition(filter, await matchShortText(filter.q))} AND ${keyset.after}
    ORDER BY ${keyset.order}
    LIMIT ${page.limit + 1}`;
  return cutPage(rows, page.limit, keyset.sort);
}

/** How many there are, counted no further than the limit. */
export async function countRepositoriesTo(limit: number, filter: RepositoryFilter): Promise<number> {
  const [row] = await db().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM repository r WHERE ${filterCondition(filter, await matchShortText(filter.q))} LIMIT ${limit}) found`;
  return row?.count ?? 0;
}

export async function findRepositoryRow(registryId: number, name: string): Promise<RepositoryRow | null> {
  const rows = await db().$queryRaw<RepositoryRow[]>`
    SELECT ${columns} FROM repository r WHERE r.registry_id = ${registryId} AND r.name = ${name}`;
  return rows[0] ?? null;
}

export interface RepositoryTotals {
  repository_count: bigint;
  tag_count: bigint;
  manifest_count: bigint;
  pushed_bytes: bigint;
}

export async function sumRepositories(filter: RepositoryFilter): Promise<RepositoryTotals> {
  const [row] = await db().$queryRaw<RepositoryTotals[]>`
    SELECT count(*) AS repository_count, coalesce(sum(r.tag_count), 0)::bigint AS tag_count,
      coalesce(sum(r.manifest_count), 0)::bigint AS manifest_count,
      coalesce(sum(r.size_bytes), 0)::bigint AS pushed_bytes
    FROM repository r WHERE ${filterCondition(filter)}`;
  return row ?? { repository_count: 0n, tag_count: 0n, manifest_count: 0n, pushed_bytes: 0n };
}

/** Each blob of these registries once, plus each live manifest once: the sums that the registries keep of themselves. */
export async function sumStoredBytes(registryIds: number[]): Promise<bigint> {
  const [row] = await db().$queryRaw<{ bytes: bigint }[]>`
    SELECT coalesce(sum(size_bytes), 0)::bigint AS bytes FROM registry WHERE id = ANY(${registryIds}::int[])`;
  return row?.bytes ?? 0n;
}

/** The same for a part of a registry, counted now; only for few manifests, as it walks them. */
export async function sumStoredBytesOf(filter: RepositoryFilter): Promise<bigint> {
  const [row] = await db().$queryRaw<{ bytes: bigint }[]>`
    WITH live AS (
      SELECT m.id, m.digest, m.size_bytes, r.registry_id FROM repository r
      JOIN manifest m ON m.repository_id = r.id AND m.deleted_at IS NULL
      WHERE ${filterCondition(filter)})
    SELECT (
      (SELECT coalesce(sum(d.size_bytes), 0) FROM (
        SELECT DISTINCT b.id, b.size_bytes FROM live l
        JOIN manifest_blob mb ON mb.manifest_id = l.id JOIN blob b ON b.id = mb.blob_id) d)
      + (SELECT coalesce(sum(d.size_bytes), 0) FROM (
        SELECT DISTINCT registry_id, digest, size_bytes FROM live) d)
    )::bigint AS bytes`;
  return row?.bytes ?? 0n;
}

export interface StorageRow {
  unique_bytes: bigint;
  shared_bytes: bigint;
  untagged: bigint;
}

/** Null when it took longer than the time allowed: these figures walk the whole repository. */
export async function findRepositoryStorage(
  repositoryId: bigint,
  scope: Scope,
  timeoutMs: number,
): Promise<StorageRow | null> {
  try {
    return await db().$transaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('statement_timeout', ${String(timeoutMs)}, true)`;
      const [row] = await tx.$queryRaw<StorageRow[]>`
        WITH own AS (
          SELECT DISTINCT mb.blob_id FROM manifest m JOIN manifest_blob mb ON mb.manifest_id = m.id
          WHERE m.repository_id = ${repositoryId} AND m.deleted_at IS NULL),
        marked AS (
          SELECT b.size_bytes, EXISTS (
            SELECT 1 FROM manifest_blob mb JOIN manifest m ON m.id = mb.manifest_id
            JOIN repository r ON r.id = m.repository_id
            WHERE mb.blob_id = b.id AND m.repository_id <> ${repositoryId} AND m.deleted_at IS NULL
              AND ${scopeCondition(scope, "r.registry_id", "r.name")}) AS shared
          FROM own JOIN blob b ON b.id = own.blob_id)
        SELECT coalesce(sum(size_bytes) FILTER (WHERE NOT shared), 0)::bigint AS unique_bytes,
          coalesce(sum(size_bytes) FILTER (WHERE shared), 0)::bigint AS shared_bytes,
          (SELECT count(*) FROM manifest m
            WHERE m.repository_id = ${repositoryId} AND m.deleted_at IS NULL AND m.subject_digest IS NULL
              AND NOT EXISTS (SELECT 1 FROM tag t WHERE t.manifest_id = m.id)
              AND NOT EXISTS (SELECT 1 FROM manifest_child c JOIN manifest p ON p.id = c.parent_id
                WHERE c.child_digest = m.digest AND p.repository_id = m.repository_id
                  AND p.deleted_at IS NULL)) AS untagged
        FROM marked`;
      return row ?? null;
    });
  } catch (error) {
    if (isTimeout(error)) return null;
    throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return /57014|statement timeout/.test(
    `${error instanceof Error ? error.message : ""} ${JSON.stringify(error)}`,
  );
}

export interface FolderRow {
  path: string;
  repository_count: number;
}

/** Children of a folder from the kept counts: for callers who see the whole registry. */
export async function listFolderRows(
  registryId: number,
  parent: string,
  after: string,
  take: number,
): Promise<FolderRow[]> {
  return db().$queryRaw<FolderRow[]>`
    SELECT path, repository_count FROM repository_folder
    WHERE registry_id = ${registryId} AND parent_path = ${parent} AND path > ${after}
      AND path <> '' AND repository_count > 0
    ORDER BY path LIMIT ${take}`;
}

/** Children of a folder counted from what the caller may see. */
export async function countFolderRows(
  registryId: number,
  parent: string,
  after: string,
  take: number,
  scope: Scope,
): Promise<FolderRow[]> {
  const below = parent === "" ? "" : `${parent}/`;
  return db().$queryRaw<FolderRow[]>`
    SELECT path, count(*)::int AS repository_count FROM (
      SELECT ${below} || split_part(substr(r.name, ${below.length + 1}::int), '/', 1) COLLATE "C" AS path
      FROM repository r
      WHERE r.registry_id = ${registryId} AND r.missing_since IS NULL
        AND ${below === "" ? Prisma.sql`TRUE` : pathCondition(below, Prisma.sql`r.name`)}
        AND position('/' in substr(r.name, ${below.length + 1}::int)) > 0
        AND ${scopeCondition(scope, "r.registry_id", "r.name")}) f
    WHERE path > ${after}
    GROUP BY path ORDER BY path LIMIT ${take}`;
}
