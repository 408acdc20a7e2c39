import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { requireGrant } from "#lib/enforcement/service-deeds";
import { ConflictError } from "#lib/http/errors";
import { speakWith } from "#lib/inventory/registry-fault";
import type { PutBackTagBody, PutBackTagResult } from "#lib/inventory/schema";
import { type OpenedRepository, openRepository } from "#lib/inventory/service-access";
import { adoptManifest, fetchTree, storeFetched } from "#lib/inventory/service-adopt";
import { doOutward, requireConnected } from "#lib/inventory/service-outward";
import { insertConsoleMove } from "#lib/inventory/store-console-moves";
import type { RegistryClient } from "#lib/oci/client";
import type { FetchedManifest } from "#lib/oci/manifests";
import { getRegistryClient } from "#lib/registries/open-client";

const timeoutMs = 30_000;

/** Moves a tag to a manifest that the registry still has. The same bytes go back under the tag: nothing is copied. */
export async function putBackTag(ctx: Context, body: PutBackTagBody): Promise<PutBackTagResult> {
  const opened = await openRepository(ctx, "tags.write", body.registry, body.repository);
  requireConnected(opened);
  await requireGrant(ctx, opened.registry, body.repository, "push");
  const signal = AbortSignal.timeout(timeoutMs);
  const askedAt = new Date();
  const { fetched, standing } = await speakWith(body.registry, async () => {
    const client = await getRegistryClient(opened.registry.id);
    return {
      fetched: await fetchTree(client, body.repository, body.digest, signal),
      standing: await client.findManifestHead(body.repository, body.tag, { signal }),
    };
  });
  const [manifest] = fetched;
  if (!manifest)
    throw new ConflictError(
      `The registry no longer has ${body.digest}: the tag cannot be put back to it. Push the image again.`,
      "manifest-gone",
    );
  const result = { tag: body.tag, digest: body.digest, previousDigest: standing?.digest ?? null };
  if (standing?.digest === body.digest) {
    await adoptManifest(opened, body.tag);
    return { ...result, moved: false, message: `The tag ${body.tag} stands on this digest already.` };
  }
  const deed = {
    action: "tag.put-back",
    target: `${body.registry}/${body.repository}:${body.tag}`,
    before: { digest: result.previousDigest },
  };
  await doOutward(ctx, opened, deed, async (client) => {
    await moveTag(client, body, manifest, signal);
    await storeFetched(opened, fetched, async (tx, repositoryId) => {
      await insertConsoleMove(tx, {
        repositoryId,
        tag: body.tag,
        digest: body.digest,
        at: new Date(),
        actor: ctx.principal.name,
        from: standing?.digest ? { digest: standing.digest, at: askedAt } : null,
      });
      await recordAudit(tx, ctx, { ...deed, ...placeOf(opened), after: { digest: body.digest } });
    });
  });
  return { ...result, moved: true, message: `The tag ${body.tag} is back on this digest.` };
}

async function moveTag(
  client: RegistryClient,
  body: PutBackTagBody,
  manifest: FetchedManifest,
  signal: AbortSignal,
): Promise<void> {
  await client.putManifest(body.repository, body.tag, manifest, { signal });
  const after = await client.findManifestHead(body.repository, body.tag, { signal });
  if (after?.digest === body.digest) return;
  throw new ConflictError(
    `The registry took the tag ${body.tag}, but shows ${after?.digest ?? "nothing"} there now: somebody pushed at the same time.`,
    "moved-meanwhile",
  );
}

export function placeOf({ registry, repository }: OpenedRepository) {
  return { registryId: registry.id, repository: repository.name };
}
