import { findRegistryId } from "#lib/auth/store-place";
import type { Tx } from "#lib/db/client";
import { InvalidError } from "#lib/http/errors";

/** The id behind a registry's slug in a body; null stays null. For verbs that only admins of everything may call. */
export async function resolveRegistry(
  tx: Tx,
  slug: string | null,
  field = "registry",
): Promise<number | null> {
  if (slug === null) return null;
  const id = await findRegistryId(tx, slug);
  if (id === null) throw new InvalidError(field, `There is no registry ${slug}.`);
  return id;
}

export { listRegistrySlugs } from "#lib/auth/store-place";
