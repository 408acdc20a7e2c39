import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import type { CrawlReader, RepositoryPart } from "#lib/inventory/crawl-repository";
import { prepareConfig } from "#lib/inventory/prepare-config";
import { type ConfigToStore, insertConfigs } from "#lib/inventory/store-apply-manifests";
import { advanceRun, listStoredConfigs, listWantedConfigs, type RunRow } from "#lib/inventory/store-crawl";
import { isRegistryError } from "#lib/oci/errors";

const pageSize = 512;
const maxRemembered = 10_000;

/**
 * Reads the configs of manifests that are about to be written, so that they are written with them. What cannot be
 * read here is tried again, and told, by readMissingConfigs.
 */
export class ConfigsAlongside {
  readonly #reader: CrawlReader;
  /** Read, but not yet where the database would tell. */
  readonly #underWay = new Set<string>();
  readonly #failed = new Set<string>();

  constructor(reader: CrawlReader) {
    this.#reader = reader;
  }

  /** Adds to each part the configs of its manifests that nobody has read yet. */
  async addTo(parts: readonly RepositoryPart[]): Promise<void> {
    const wanted = new Map<string, RepositoryPart>();
    for (const part of parts)
      for (const { kind, configDigest } of part.manifests)
        if (configDigest !== null && (kind === "image" || kind === "helm-chart"))
          if (!this.#underWay.has(configDigest) && !this.#failed.has(configDigest)) {
            this.#underWay.add(configDigest);
            wanted.set(configDigest, part);
          }
    if (wanted.size === 0) return;
    const stored = await listStoredConfigs([...wanted.keys()]);
    await Promise.all(
      [...wanted].map(async ([digest, part]) => {
        if (stored.has(digest)) return;
        const { config } = await readConfig(this.#reader, part.name, digest);
        if (config !== null) part.configs.push(config);
        else if (this.#failed.size < maxRemembered) this.#failed.add(digest);
      }),
    );
  }

  /** These parts are written: the database knows their configs now. */
  forget(parts: readonly RepositoryPart[]): void {
    for (const part of parts)
      for (const { configDigest } of part.manifests)
        if (configDigest !== null) this.#underWay.delete(configDigest);
  }
}

/** Reads the configs of images and charts that are not known yet, each digest once. Returns what went wrong. */
export async function readMissingConfigs(options: {
  run: RunRow;
  reader: CrawlReader;
  countRequests(): number;
}): Promise<string | null> {
  const { run, reader } = options;
  let after = "";
  let failed = 0;
  let firstProblem: string | null = null;
  for (;;) {
    const wanted = await listWantedConfigs(run.registryId, after, pageSize);
    const last = wanted.at(-1);
    if (last === undefined) break;
    after = last.digest;
    const read = await Promise.all(
      wanted.map(async ({ digest, repository }) => {
        const { config, problem } = await readConfig(reader, repository, digest);
        if (problem !== null) {
          failed += 1;
          firstProblem ??= problem;
        }
        return config;
      }),
    );
    const found = read.filter((config) => config !== null);
    await withRetry(() =>
      db().$transaction(async (tx) => {
        await advanceRun(tx, run, { requests: run.requests + options.countRequests() });
        await insertConfigs(tx, found);
      }),
    );
  }
  return failed === 0 ? null : `${failed} image configs could not be read: ${firstProblem}`;
}

async function readConfig(
  reader: CrawlReader,
  repository: string,
  digest: string,
): Promise<{ config: ConfigToStore | null; problem: string | null }> {
  const { client, signal, run } = reader;
  try {
    const bytes = await run(() => client.getBlob(repository, digest, { signal }));
    return { config: prepareConfig(digest, bytes), problem: null };
  } catch (error) {
    if (!isRegistryError(error) || error.kind === "aborted") throw error;
    return { config: null, problem: error.message };
  }
}
