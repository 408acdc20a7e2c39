import { recordAudit } from "#lib/audit/service";
import { createSystemContext } from "#lib/auth/context";
import { resolveRegistry } from "#lib/auth/place";
import { db } from "#lib/db/client";
import type { KnownSource } from "#lib/events/known-source";
import { findSourceBySecretHash, insertSource } from "#lib/events/store-sources";
import { findClusterSource, lockConnectedRegistry, nameWatched } from "#lib/events/store-watch";
import { hashSecret } from "#lib/secrets/service";

/** The source through which the registry that we run ourselves tells what it writes. */
export async function ensureOwnLogSource(slug: string, secret: string, now = new Date()): Promise<void> {
  const secretHash = await hashSecret("ingest-secret", secret);
  await db().$transaction(async (tx) => {
    if (await findSourceBySecretHash(tx, secretHash)) return;
    const registryId = await resolveRegistry(tx, slug);
    if (registryId === null) return;
    const ctx = createSystemContext("start-up", now);
    const name = "Its own log";
    await insertSource(tx, {
      registryId,
      kind: "registry-logs",
      name,
      cluster: null,
      secretHash,
      createdAt: now,
      createdByName: ctx.principal.name,
    });
    await recordAudit(tx, ctx, {
      action: "source.create",
      target: `${slug} ${name}`,
      registryId,
      after: { kind: "registry-logs", name },
    });
  });
}

/**
 * The source through which the worker tells of the cluster that it watches. It has no secret, so nobody can post to it.
 * Null where somebody ended it after `since`, which holds until the worker starts again, or disconnected the registry.
 */
export async function ensureClusterSource(
  { registry, cluster }: { registry: string; cluster: string },
  since: Date,
  now = new Date(),
): Promise<KnownSource | null> {
  return db().$transaction(async (tx) => {
    const registryId = await resolveRegistry(tx, registry);
    if (registryId === null || !(await lockConnectedRegistry(tx, registryId))) return null;
    const found = await findClusterSource(tx, registryId, cluster);
    if (found?.endedAt === null) return found;
    if (found && found.endedAt >= since) return null;
    const ctx = createSystemContext("start-up", now);
    const name = nameWatched(cluster);
    await insertSource(tx, {
      registryId,
      kind: "kubernetes",
      name,
      cluster,
      secretHash: null,
      createdAt: now,
      createdByName: ctx.principal.name,
    });
    await recordAudit(tx, ctx, {
      action: "source.create",
      target: `${registry} ${name}`,
      registryId,
      after: { kind: "kubernetes", name, cluster },
    });
    return findClusterSource(tx, registryId, cluster);
  });
}
