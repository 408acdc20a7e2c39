import type { Tx } from "#lib/db/client";

export async function findRegistryId(tx: Tx, slug: string): Promise<number | null> {
  const row = await tx.registry.findUnique({ where: { slug }, select: { id: true } });
  return row?.id ?? null;
}

/** Slugs of registries by id, for showing places. */
export async function listRegistrySlugs(
  tx: Tx,
  ids: readonly (number | null)[],
): Promise<Map<number, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.registry.findMany({
    where: { id: { in: wanted } },
    select: { id: true, slug: true },
  });
  return new Map(rows.map((row) => [row.id, row.slug]));
}
