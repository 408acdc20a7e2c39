import { listKnownNames, type RunRow } from "#lib/inventory/store-crawl";
import type { RegistryClient } from "#lib/oci/client";
import { isRegistryError } from "#lib/oci/errors";
import { isRepositoryName } from "#lib/oci/reference";
import { getRepositorySource } from "#lib/registries/service";

export interface RepositoriesToRead {
  /** In bytewise order. */
  names: string[];
  /** Those that the catalogue names now. */
  listed: ReadonlySet<string>;
  /** Why there may be more. */
  problem: string | null;
}

/**
 * The repositories that a run has to look at: what the registry lists now and what was known before. A name that the
 * list lacks is asked for as well: only the registry's own word on it makes it gone.
 */
export async function listRepositoriesToRead(
  run: RunRow,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<RepositoriesToRead> {
  const listed = new Set<string>();
  if (run.kind === "repository")
    return { names: run.repository === null ? [] : [run.repository], listed, problem: null };
  const { source, names: given } = await getRepositorySource(run.registryId);
  const known = await listKnownNames(run.registryId);
  const names = new Set(known.present);
  for (const name of given) if (isRepositoryName(name)) names.add(name);
  const problem = source === "catalog" ? await readCatalog(listed, client, signal) : null;
  for (const name of listed) names.add(name);
  return { names: [...names].sort(), listed, problem };
}

async function readCatalog(
  names: Set<string>,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    let problem: string | null = null;
    for await (const page of client.listCatalog({ signal })) {
      for (const name of page.repositories) names.add(name);
      if (page.incomplete !== null) problem = `The catalogue is not whole (${page.incomplete}).`;
      else if (page.invalidNames > 0) problem = `The catalogue holds ${page.invalidNames} unusable names.`;
    }
    return problem;
  } catch (error) {
    if (!isRegistryError(error, "unsupported", "not-found", "denied", "rejected")) throw error;
    return `The catalogue cannot be read, so new repositories are not found by it: ${error.message}`;
  }
}
