import { getFreshAccess } from "#lib/tokens/access-gate";
import { ensureSigningKey, prepareJwks } from "#lib/tokens/service-keys";

/** The public keys of the registry with this slug: the next one, the current one, and those before. */
export async function findPublishedKeys(service: string): Promise<{ keys: object[] } | null> {
  let snapshot = await getFreshAccess();
  const registry = snapshot.findRegistry(service);
  if (registry === null) return null;
  if (snapshot.findCurrentKey(registry.id) === null) {
    await ensureSigningKey(registry.id);
    snapshot = await getFreshAccess();
  }
  return prepareJwks(snapshot.listSigningKeys(registry.id));
}
