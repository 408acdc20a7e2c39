import { db } from "#lib/db/client";
import { Prisma } from "#lib/db/generated/client";
import { containsPattern, createKeyset, cutPage, type SortKey } from "#lib/inventory/store-read-keyset";

export interface TagRow {
  id: bigint;
  name: string;
  digest: string;
  manifest_id: bigint;
  total_bytes: bigint;
  pushed_at: Date;
  pushed_at_seen: boolean;
  last_pulled_at: Date | null;
  media_type: string;
  kind: string;
  artifact_type: string | null;
  built_at: Date | null;
  os: string | null;
  architecture: string | null;
  variant: string | null;
}

const sortKeys: Record<"name" | "pushedAt" | "sizeBytes" | "semver" | "lastPulledAt", SortKey> = {
  name: { expression: Prisma.sql`t.name`, type: "text" },
  pushedAt: { expression: Prisma.sql`t.pushed_at`, type: "time" },
  sizeBytes: { expression: Prisma.sql`t.total_bytes`, type: "bigint" },
  semver: { expression: Prisma.sql`t.semver_key`, type: "text" },
  lastPulledAt: {
    expression: Prisma.sql`coalesce(t.last_pulled_at, '-infinity'::timestamptz)`,
    type: "time",
  },
};

/** Tags that clients keep for themselves: the fallback of the referrers API and the old ones of cosign. */
const bookkeepingPattern = "^(sha256-[a-f0-9]{64}|sha512-([a-f0-9]{64}|[a-f0-9]{128}))([.](sig|att|sbom))?$";

const shortestTrigram = 3;
const fewMatches = 2_000;

/**
 * The condition that finds a text in names. One or two characters have no trigram: their matches are first looked
 * for in the index on the name alone, so that a rare one does not walk every row in the order of another index.
 */
async function matchTags(repositoryId: bigint, text: string): Promise<Prisma.Sql> {
  if (text === "") return Prisma.sql`TRUE`;
  const anywhere = Prisma.sql`t.name ILIKE ${containsPattern(text)}`;
  if ([...text].length >= shortestTrigram) return anywhere;
  const found = await db().$queryRaw<{ name: string }[]>`
    SELECT t.name FROM tag t WHERE t.repository_id = ${repositoryId} AND ${anyCase(text)} LIMIT ${fewMatches + 1}`;
  if (found.length > fewMatches) return anywhere;
  return Prisma.sql`t.name = ANY(${found.map((row) => row.name)}::text[])`;
}

/** The same as ILIKE for so short a text, in half the time: one LIKE for each way to write it. */
function anyCase(text: string): Prisma.Sql {
  let ways = [""];
  for (const character of text)
    ways = [...new Set([character.toLowerCase(), character.toUpperCase()])].flatMap((next) =>
      ways.map((way) => way + next),
    );
  const parts = ways.map((way) => Prisma.sql`t.name LIKE ${containsPattern(way)}`);
  return Prisma.sql`(${Prisma.join(parts, " OR ")})`;
}

export async function listTagRows(
  repositoryId: bigint,
  filter: { q: string; bookkeeping: boolean },
  page: { sort: string; cursor?: string; limit: number },
): Promise<{ rows: TagRow[]; nextCursor: string | null }> {
  const keyset = createKeyset(page.sort, sortKeys, Prisma.sql`t.id`, page.cursor);
  const matching = await matchTags(repositoryId, filter.q);
  const ordinary = filter.bookkeeping
    ? Prisma.sql`TRUE`
    : Prisma.sql`NOT (starts_with(t.name, 'sha') AND t.name ~ ${bookkeepingPattern})`;
  const rows = await db().$queryRaw<(TagRow & { sort_key: string })[]>`
    WITH page AS MATERIALIZED (
      SELECT t.id, t.name, t.digest, t.manifest_id, t.total_bytes, t.semver_key, t.pushed_at,
        t.pushed_at_seen, t.last_pulled_at, ${keyset.key} AS sort_key
      FROM tag t
      WHERE t.repository_id = ${repositoryId} AND ${matching} AND ${ordinary} AND ${keyset.after}
      ORDER BY ${keyset.order}
      LIMIT ${page.limit + 1})
    SELECT t.*, m.media_type, m.kind, m.artifact_type, m.built_at, m.os, m.architecture, m.variant
    FROM page t JOIN manifest m ON m.id = t.manifest_id
    ORDER BY ${keyset.order}`;
  return cutPage(rows, page.limit, keyset.sort);
}

export interface ChildPlatformRow {
  parent_id: bigint;
  os: string | null;
  architecture: string | null;
  variant: string | null;
}

export async function listChildPlatforms(manifestIds: readonly bigint[]): Promise<ChildPlatformRow[]> {
  if (manifestIds.length === 0) return [];
  return db().$queryRaw<ChildPlatformRow[]>`
    SELECT parent_id, os, architecture, variant FROM manifest_child
    WHERE parent_id = ANY(${manifestIds.map(String)}::bigint[]) AND role = 'platform'
    ORDER BY parent_id, ordinal`;
}

export interface StandingTag {
  name: string;
  digest: string;
  manifest_id: bigint;
  total_bytes: bigint;
  pushed_at: Date;
  last_pulled_at: Date | null;
}

export async function findTagRow(repositoryId: bigint, name: string): Promise<StandingTag | null> {
  const rows = await db().$queryRaw<StandingTag[]>`
    SELECT t.name, t.digest, t.manifest_id, t.total_bytes, t.pushed_at, t.last_pulled_at
    FROM tag t WHERE t.repository_id = ${repositoryId} AND t.name = ${name}`;
  return rows[0] ?? null;
}

/** Names of the tags on a manifest, newest first, and how many there are. */
export async function listTagsOfManifest(
  manifestId: bigint,
  limit: number,
): Promise<{ names: string[]; count: number }> {
  const rows = await db().$queryRaw<{ name: string; total: bigint }[]>`
    SELECT t.name, count(*) OVER () AS total FROM tag t
    WHERE t.manifest_id = ${manifestId} ORDER BY t.pushed_at DESC, t.id DESC LIMIT ${limit}`;
  return { names: rows.map((row) => row.name), count: Number(rows[0]?.total ?? 0) };
}

/** Digests of these tags of a repository, as far as they are known. */
export async function loadTagDigests(
  repositoryId: bigint,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db().$queryRaw<{ name: string; digest: string }[]>`
    SELECT name, digest FROM tag WHERE repository_id = ${repositoryId} AND name = ANY(${[...names]}::text[])`;
  return new Map(rows.map((row) => [row.name, row.digest]));
}

export interface TagMoveRow {
  id: bigint;
  tag_name: string;
  digest: string | null;
  previous_digest: string | null;
  at: Date;
  at_seen: boolean;
  actor: string | null;
  source: string;
  manifest_exists: boolean;
  current: boolean;
}

const historyKeys: Record<"at", SortKey> = { at: { expression: Prisma.sql`v.at`, type: "time" } };

/**
 * Moves of one tag, or of all tags of the repository, newest first. A push of the digest that the tag had already is
 * kept for the order of events, but it moved nothing.
 */
export async function listTagMoveRows(
  repositoryId: bigint,
  tag: string | null,
  page: { cursor?: string; limit: number },
): Promise<{ rows: TagMoveRow[]; nextCursor: string | null }> {
  const keyset = createKeyset("-at", historyKeys, Prisma.sql`v.id`, page.cursor);
  const named = tag === null ? Prisma.sql`TRUE` : Prisma.sql`v.tag_name = ${tag}`;
  const rows = await db().$queryRaw<(TagMoveRow & { sort_key: string })[]>`
    WITH page AS MATERIALIZED (
      SELECT v.*, ${keyset.key} AS sort_key FROM tag_move v
      WHERE v.repository_id = ${repositoryId} AND ${named} AND ${keyset.after}
        AND v.digest IS DISTINCT FROM (SELECT p.digest FROM tag_move p
          WHERE p.repository_id = v.repository_id AND p.tag_name = v.tag_name AND (p.at, p.id) < (v.at, v.id)
          ORDER BY p.at DESC, p.id DESC LIMIT 1)
      ORDER BY ${keyset.order} LIMIT ${page.limit + 1})
    SELECT v.id, v.tag_name, v.digest, v.at, v.at_seen, v.actor, v.source, v.sort_key,
      (SELECT p.digest FROM tag_move p
        WHERE p.repository_id = v.repository_id AND p.tag_name = v.tag_name AND (p.at, p.id) < (v.at, v.id)
        ORDER BY p.at DESC, p.id DESC LIMIT 1) AS previous_digest,
      EXISTS (SELECT 1 FROM manifest m WHERE m.repository_id = v.repository_id AND m.digest = v.digest
        AND m.deleted_at IS NULL) AS manifest_exists,
      coalesce((SELECT t.digest = v.digest FROM tag t
        WHERE t.repository_id = v.repository_id AND t.name = v.tag_name), FALSE) AS current
    FROM page v ORDER BY ${keyset.order}`;
  return cutPage(rows, page.limit, keyset.sort);
}
