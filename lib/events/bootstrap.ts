import { recordAudit } from "#lib/audit/service";
import { createSystemContext } from "#lib/auth/context";
import { resolveRegistry } from "#lib/auth/place";
import { db } from "#lib/db/client";
import { findSourceBySecretHash, insertSource } from "#lib/events/store-sources";
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
