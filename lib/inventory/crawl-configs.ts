import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import type { CrawlReader } from "#lib/inventory/crawl-repository";
import { prepareConfig } from "#lib/inventory/prepare-config";
import { type ConfigToStore, insertConfigs } from "#lib/inventory/store-apply-manifests";
import { advanceRun, listWantedConfigs, type RunRow } from "#lib/inventory/store-crawl";
import { isRegistryError } from "#lib/oci/errors";

const pageSize = 512;

/** Reads the configs of images and charts that are not known yet, each digest once. Returns what went wrong. */
export async function readConfigs(options: {
  run: RunRow;
  reader: CrawlReader;
  countRequests(): number;
}): Promise<string | null> {
  const { run, reader } = options;
  let after = "";
  let failed = 0;
  let problem: string | null = null;
  let writing: Promise<void> = Promise.resolve();
  for (;;) {
    const wanted = await listWantedConfigs(run.registryId, after, pageSize);
    const last = wanted.at(-1);
    if (last === undefined) break;
    after = last.digest;
    const read = await Promise.all(
      wanted.map(async ({ digest, repository }): Promise<ConfigToStore | null> => {
        try {
          return prepareConfig(
            digest,
            await reader.run(() => reader.client.getBlob(repository, digest, { signal: reader.signal })),
          );
        } catch (error) {
          if (!isRegistryError(error) || error.kind === "aborted") throw error;
          failed += 1;
          problem ??= error.message;
          return null;
        }
      }),
    );
    await writing;
    const found = read.filter((config) => config !== null);
    writing = withRetry(() =>
      db().$transaction(async (tx) => {
        await advanceRun(tx, run, { requests: run.requests + options.countRequests() });
        await insertConfigs(tx, found);
      }),
    );
    // Noticed when it is awaited; until then it must not end the process.
    writing.catch(() => undefined);
  }
  await writing;
  return failed === 0 ? null : `${failed} image configs could not be read: ${problem}`;
}
