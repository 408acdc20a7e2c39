import type { Db, Tx } from "#lib/db/client";
import type { Prisma, Registry } from "#lib/db/generated/client";

export type RegistryRow = Registry;

export async function findRegistryRow(tx: Db | Tx, slug: string): Promise<RegistryRow | null> {
  return tx.registry.findUnique({ where: { slug } });
}

export async function findRegistryRowById(tx: Db | Tx, id: number): Promise<RegistryRow | null> {
  return tx.registry.findUnique({ where: { id } });
}

/** The registry at an address; of several, one that is connected, then the oldest. */
export async function findRegistryRowByUrl(tx: Db | Tx, url: string): Promise<RegistryRow | null> {
  return tx.registry.findFirst({
    where: { url },
    orderBy: [{ disconnectedAt: { sort: "desc", nulls: "first" } }, { id: "asc" }],
  });
}

/** The rows after a slug, in its order; only those with these ids unless all may be seen. */
export async function listRegistryRows(
  tx: Db | Tx,
  page: { after: string | null; take: number; ids: readonly number[] | null },
): Promise<RegistryRow[]> {
  return tx.registry.findMany({
    where: {
      ...(page.after === null ? {} : { slug: { gt: page.after } }),
      ...(page.ids === null ? {} : { id: { in: [...page.ids] } }),
    },
    orderBy: { slug: "asc" },
    take: page.take,
  });
}

export async function insertRegistry(
  tx: Tx,
  data: Prisma.RegistryUncheckedCreateInput,
): Promise<RegistryRow> {
  return tx.registry.create({ data });
}

export async function updateRegistryRow(
  tx: Db | Tx,
  id: number,
  data: Prisma.RegistryUncheckedUpdateInput,
): Promise<RegistryRow> {
  return tx.registry.update({ where: { id }, data });
}

/** Locks the row until the end of the transaction. */
export async function lockRegistryRow(tx: Tx, slug: string): Promise<RegistryRow | null> {
  await tx.$queryRaw`SELECT id FROM registry WHERE slug = ${slug} FOR NO KEY UPDATE`;
  return findRegistryRow(tx, slug);
}

/** Says how a registry is doing; a state that lasts keeps the time it began. */
export async function recordRegistryState(
  tx: Db | Tx,
  id: number,
  state: "ok" | "failing",
  detail: string | null,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE registry SET state_since = CASE WHEN state = ${state} THEN state_since ELSE ${now} END,
      state = ${state}, state_detail = ${detail}
    WHERE id = ${id} AND (state, state_detail) IS DISTINCT FROM (${state}, ${detail})`;
}

export async function listProtectedRows(tx: Db | Tx, registryId: number | null) {
  return tx.registry.findMany({
    where: {
      disconnectedAt: null,
      protectedPatterns: { isEmpty: false },
      ...(registryId === null ? {} : { id: registryId }),
    },
    select: { id: true, protectedPatterns: true },
  });
}

export async function listAllowedNetworkRows(tx: Db | Tx) {
  return tx.allowedNetwork.findMany({ orderBy: { cidr: "asc" } });
}

export async function findAllowedNetworkRow(tx: Db | Tx, where: { id: number } | { cidr: string }) {
  return tx.allowedNetwork.findUnique({ where });
}

export async function insertAllowedNetwork(
  tx: Tx,
  data: { cidr: string; reason: string; createdByName: string },
) {
  return tx.allowedNetwork.create({ data });
}

export async function deleteAllowedNetwork(tx: Tx, id: number): Promise<void> {
  await tx.allowedNetwork.delete({ where: { id } });
}

const markSetting = "request-mark";

/** The mark of this console's requests, made by whoever asks first. */
export async function ensureRequestMark(tx: Db | Tx, fresh: string): Promise<string> {
  const found = await tx.setting.findUnique({ where: { key: markSetting } });
  if (typeof found?.value === "string") return found.value;
  await tx.$executeRaw`
    INSERT INTO setting (key, value) VALUES (${markSetting}, to_jsonb(${fresh}::text)) ON CONFLICT (key) DO NOTHING`;
  const kept = await tx.setting.findUniqueOrThrow({ where: { key: markSetting } });
  return String(kept.value);
}

export interface VisibleCounts {
  repository_count: number;
  tag_count: number;
}

/** Counts over what somebody may see, for callers without the whole registry. */
export async function countVisible(
  tx: Db | Tx,
  registryId: number,
  condition: Prisma.Sql,
): Promise<VisibleCounts> {
  const rows = await tx.$queryRaw<VisibleCounts[]>`
    SELECT count(*)::int AS repository_count, coalesce(sum(r.tag_count), 0)::int AS tag_count
    FROM repository r WHERE r.registry_id = ${registryId} AND r.missing_since IS NULL AND ${condition}`;
  return rows[0] ?? { repository_count: 0, tag_count: 0 };
}

/** Each blob and manifest in the visible repositories once. */
export async function sumVisibleBytes(
  tx: Db | Tx,
  registryId: number,
  condition: Prisma.Sql,
): Promise<number> {
  const rows = await tx.$queryRaw<{ bytes: bigint }[]>`
    WITH mine AS (
      SELECT m.id, m.digest, m.size_bytes FROM manifest m JOIN repository r ON r.id = m.repository_id
      WHERE r.registry_id = ${registryId} AND m.deleted_at IS NULL AND ${condition}
    )
    SELECT ((SELECT coalesce(sum(b.size_bytes), 0) FROM blob b
        WHERE b.id IN (SELECT mb.blob_id FROM manifest_blob mb JOIN mine ON mine.id = mb.manifest_id))
      + (SELECT coalesce(sum(d.size_bytes), 0)
         FROM (SELECT DISTINCT ON (digest) size_bytes FROM mine ORDER BY digest) d))::bigint AS bytes`;
  return Number(rows[0]?.bytes ?? 0);
}
