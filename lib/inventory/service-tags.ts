import type { Context } from "#lib/auth/context";
import type { Page } from "#lib/http/page-schema";
import { toManifestKind } from "#lib/inventory/rules-kind";
import {
  type ListTagHistoryQuery,
  type ListTagsQuery,
  type PlatformName,
  type TagItem,
  type TagMoveItem,
  tagMoveSources,
} from "#lib/inventory/schema";
import { openRepository } from "#lib/inventory/service-access";
import {
  type ChildPlatformRow,
  listChildPlatforms,
  listTagMoveRows,
  listTagRows,
  type TagRow,
} from "#lib/inventory/store-read-tags";

export async function listTags(ctx: Context, query: ListTagsQuery): Promise<Page<TagItem>> {
  const { repository } = await openRepository(ctx, "repositories.read", query.registry, query.repository);
  const filter = { q: (query.q ?? "").trim(), bookkeeping: query.bookkeeping === "true" };
  const page = await listTagRows(repository.id, filter, query);
  const indexes = page.rows.filter((row) => row.kind === "index").map((row) => row.manifest_id);
  const children = Map.groupBy(await listChildPlatforms([...new Set(indexes)]), (row) => row.parent_id);
  return {
    items: page.rows.map((row) => toTagItem(row, children.get(row.manifest_id) ?? [])),
    nextCursor: page.nextCursor,
  };
}

/** Every move that is known of one tag or of the repository, newest first; also of tags that are gone. */
export async function listTagHistory(ctx: Context, query: ListTagHistoryQuery): Promise<Page<TagMoveItem>> {
  const { repository } = await openRepository(ctx, "repositories.read", query.registry, query.repository);
  const page = await listTagMoveRows(repository.id, query.tag ?? null, query);
  const items = page.rows.map((row) => ({
    id: String(row.id),
    tag: row.tag_name,
    digest: row.digest,
    previousDigest: row.previous_digest,
    at: row.at.toISOString(),
    atSeen: row.at_seen,
    actor: row.actor,
    source: tagMoveSources.find((source) => source === row.source) ?? "crawl",
    manifestExists: row.manifest_exists,
    current: row.current,
  }));
  return { items, nextCursor: page.nextCursor };
}

function toTagItem(row: TagRow, children: ChildPlatformRow[]): TagItem {
  return {
    name: row.name,
    digest: row.digest,
    mediaType: row.media_type,
    kind: toManifestKind(row.kind),
    artifactType: row.artifact_type,
    sizeBytes: Number(row.total_bytes),
    platforms: children.length > 0 ? children.map(toPlatform) : ownPlatform(row),
    createdAt: row.built_at?.toISOString() ?? null,
    pushedAt: row.pushed_at.toISOString(),
    pushedAtSeen: row.pushed_at_seen,
    lastPulledAt: row.last_pulled_at?.toISOString() ?? null,
  };
}

function ownPlatform(row: TagRow): PlatformName[] {
  return row.os === null && row.architecture === null ? [] : [toPlatform(row)];
}

export function toPlatform(row: {
  os: string | null;
  architecture: string | null;
  variant: string | null;
}): PlatformName {
  return { os: row.os ?? "", architecture: row.architecture ?? "", variant: row.variant || null };
}
