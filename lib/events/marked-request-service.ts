import { db } from "#lib/db/client";
import { listCanaryTargets, markCanariesSent } from "#lib/events/store-sources";
import { log } from "#lib/log/log";
import { getRegistryClient } from "#lib/registries/open-client";

const everyMs = 60_000;
const patienceMs = 10_000;

/**
 * Asks each registry that tells us something for the head of one manifest a minute, marked as ours: it must come back
 * through notifications and logs, where it is not counted. That tells a silent source from a quiet one.
 */
export async function sendCanaries(now: Date): Promise<void> {
  const targets = await listCanaryTargets(db(), new Date(now.getTime() - everyMs));
  if (targets.length === 0) return;
  // Several workers tick: the first one to mark a registry asks it.
  const ours = await markCanariesSent(
    db(),
    targets.map(({ registryId }) => registryId),
    now,
    everyMs,
  );
  await Promise.all(
    targets
      .filter(({ registryId }) => ours.includes(registryId))
      .map(({ registryId, repository, tag }) => sendCanary(registryId, repository, tag)),
  );
}

async function sendCanary(registryId: number, repository: string | null, tag: string | null): Promise<void> {
  try {
    const client = await getRegistryClient(registryId);
    const signal = AbortSignal.timeout(patienceMs);
    if (repository !== null && tag !== null) await client.findManifestHead(repository, tag, { signal });
    else await client.ping({ signal });
  } catch (error) {
    // A registry that is away shows elsewhere; here its source shows as silent.
    log.debug({ name: error instanceof Error ? error.name : "unknown" }, "a canary did not get through");
  }
}
