import { db } from "#lib/db/client";
import { NotFoundError } from "#lib/http/errors";
import { findRegistryRowById, recordRegistryState as writeRegistryState } from "#lib/registries/store";

/** Where the names of a registry's repositories come from, besides those that are known already. */
export async function getRepositorySource(registryId: number): Promise<{ source: string; names: string[] }> {
  const row = await findRegistryRowById(db(), registryId);
  if (!row) throw new NotFoundError();
  return { source: row.repositorySource, names: row.repositoryNames };
}

/** Says how a registry is doing; a state that lasts keeps the time it began. */
export const recordRegistryState = writeRegistryState;
