import { db } from "#lib/db/client";
import type { KnownSource } from "#lib/events/known-source";
import type { SourceKind } from "#lib/events/schema";

/** A source that every registry has, as a delivery with its secret would find it. */
export async function findTestSource(
  registryId: number,
  kind: SourceKind = "distribution",
): Promise<KnownSource> {
  const row = await db().eventSource.findFirstOrThrow({
    where: { registryId, kind },
    include: { registry: true },
  });
  return {
    id: row.id,
    registryId,
    kind,
    cluster: row.cluster,
    registryUrl: row.registry.url,
    secretHash: null,
  };
}
