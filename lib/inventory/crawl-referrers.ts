import { db } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import type { CrawlReader } from "#lib/inventory/crawl-repository";
import { type PreparedManifest, prepareManifest } from "#lib/inventory/prepare-manifest";
import { insertManifests } from "#lib/inventory/store-apply-manifests";
import { refreshRepositoryStats } from "#lib/inventory/store-apply-stats";
import {
  advanceRun,
  findReferrersAbility,
  listSubjects,
  type RunRow,
  type Subject,
} from "#lib/inventory/store-crawl";
import { isRegistryError } from "#lib/oci/errors";

const pageSize = 256;
/** So many questions a run asks at most; what refers to the rest is found when somebody looks at it. */
const maxQuestions = 100_000;
/** A signature may itself be signed. */
const maxDepth = 3;

interface Found {
  subject: Subject;
  manifest: PreparedManifest;
}

/**
 * Asks the referrers API what refers to each manifest, and keeps it: clients leave no tag behind where a registry has
 * that API, so that nothing else would tell. `subjects` are those to ask for; null means all that stand. Returns what
 * went wrong.
 */
export async function readReferrers(options: {
  run: RunRow;
  reader: CrawlReader;
  countRequests(): number;
  subjects: readonly Subject[] | null;
}): Promise<string | null> {
  const { run, reader, subjects } = options;
  if ((await findReferrersAbility(run.registryId)) === "fallback") return null;
  const reading = new ReferrerReading(reader);
  let after = 0n;
  for (let from = 0; ; from += pageSize) {
    const page =
      subjects?.slice(from, from + pageSize) ?? (await listSubjects(run.registryId, after, pageSize));
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
    const found = await reading.ask(page);
    if (found.length > 0)
      await withRetry(() =>
        db().$transaction(async (tx) => {
          await advanceRun(tx, run, { requests: run.requests + options.countRequests() });
          const rows = found.map(({ subject, manifest }) => ({
            ...manifest,
            repositoryId: subject.repositoryId,
          }));
          await insertManifests(tx, run.registryId, rows);
          await refreshRepositoryStats(tx, [...new Set(rows.map((row) => row.repositoryId))]);
        }),
      );
    if (reading.isOver) break;
  }
  return reading.problem();
}

class ReferrerReading {
  readonly #reader: CrawlReader;
  #asked = 0;
  #failed = 0;
  #firstProblem: string | null = null;
  isOver = false;

  constructor(reader: CrawlReader) {
    this.#reader = reader;
  }

  /** What refers to these and is not stored yet, and what refers to that. */
  async ask(subjects: readonly Subject[]): Promise<Found[]> {
    const found = new Map<string, Found>();
    let level = [...subjects];
    for (let depth = 0; depth < maxDepth && level.length > 0 && !this.isOver; depth++) {
      // The first question tells whether there is such an API at all.
      const first = this.#asked === 0 ? await this.#askOne(level.shift()) : [];
      const answers = [
        first,
        ...(this.isOver ? [] : await Promise.all(level.map((one) => this.#askOne(one)))),
      ];
      const fresh = answers.flat().filter((one) => !found.has(keyOf(one)));
      for (const one of fresh) found.set(keyOf(one), one);
      level = fresh.map(({ subject, manifest }) => ({ ...subject, digest: manifest.digest, known: [] }));
    }
    return [...found.values()];
  }

  async #askOne(subject: Subject | undefined): Promise<Found[]> {
    if (subject === undefined) return [];
    if (this.#asked >= maxQuestions) {
      this.isOver = true;
      return [];
    }
    this.#asked += 1;
    const { client, signal, run } = this.#reader;
    const list = await this.#attempt(() =>
      run(() => client.listReferrers(subject.repository, subject.digest, { signal, ways: ["api"] })),
    );
    if (client.session.referrersApi === "no") {
      this.isOver = true;
      return [];
    }
    const known = new Set(subject.known);
    const unknown = (list?.referrers ?? []).filter(({ digest }) => !known.has(digest));
    const fetched = await Promise.all(
      unknown.map(({ digest }) =>
        this.#attempt(() => run(() => client.getManifest(subject.repository, digest, { signal }))),
      ),
    );
    return fetched.flatMap((manifest) =>
      manifest === null ? [] : [{ subject, manifest: prepareManifest(manifest) }],
    );
  }

  /** One answer that cannot be had leaves the others. */
  async #attempt<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (!isRegistryError(error) || error.kind === "aborted") throw error;
      // Deleted since it was read.
      if (error.kind !== "not-found") this.#note(error.message);
      return null;
    }
  }

  #note(problem: string): void {
    this.#failed += 1;
    this.#firstProblem ??= problem;
  }

  problem(): string | null {
    if (this.#failed > 0)
      return `What refers to ${this.#failed === 1 ? "a manifest" : `${this.#failed} manifests`} could not be read: ${this.#firstProblem}`;
    return this.#asked >= maxQuestions
      ? `What refers to manifests was asked ${maxQuestions} times; the rest is asked when it is looked at.`
      : null;
  }
}

function keyOf({ subject, manifest }: Found): string {
  return `${subject.repositoryId} ${manifest.digest}`;
}
