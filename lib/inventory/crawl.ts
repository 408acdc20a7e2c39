import { db, type Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { ConfigsAlongside, readMissingConfigs } from "#lib/inventory/crawl-configs";
import { CrawlCursor } from "#lib/inventory/crawl-cursor";
import { createGate } from "#lib/inventory/crawl-gate";
import { listRepositoriesToRead } from "#lib/inventory/crawl-names";
import { readReferrers } from "#lib/inventory/crawl-referrers";
import {
  type CrawlReader,
  type RepositoryEnd,
  type RepositoryPart,
  readRepository,
} from "#lib/inventory/crawl-repository";
import { CrawlWriter } from "#lib/inventory/crawl-writer";
import { insertConfigs, insertManifests } from "#lib/inventory/store-apply-manifests";
import {
  insertRepositories,
  listRepositoryIds,
  markRepositoriesMissing,
  markRepositoriesPresent,
  refreshRegistryStats,
  refreshRepositoryStats,
} from "#lib/inventory/store-apply-stats";
import { observeTags } from "#lib/inventory/store-apply-tags";
import {
  advanceRun,
  type KnownRepository,
  loadKnownRepositories,
  type RunRow,
  type Subject,
  subjectKinds,
} from "#lib/inventory/store-crawl";
import type { RegistryClient } from "#lib/oci/client";
import { RegistryError } from "#lib/oci/errors";

export interface CrawlOptions {
  run: RunRow;
  client: RegistryClient;
  signal: AbortSignal;
  /** Ends every request under way; called when a write failed. */
  abort(): void;
  /** Requests made so far. */
  countRequests(): number;
  /** How many requests run at once. */
  concurrency?: number;
}

export interface CrawlResult {
  /** Why the inventory may not be whole, in a sentence. */
  incomplete: string | null;
}

const blockSize = 256;
const openRepositories = 32;
/** So many repositories in a row that cannot be reached end the run: it is the registry then. */
const maxUnreachable = 8;

/**
 * Reads a registry into the inventory: names, tags, manifests, configs. Writes in batches that each carry the
 * progress of the run, so a killed run goes on where its last batch ended. Throws RegistryError when the registry
 * as a whole fails, RunLostError when the run was stopped or taken over.
 */
export async function crawlRegistry(options: CrawlOptions): Promise<CrawlResult> {
  const crawl = new Crawl(options);
  return crawl.run();
}

class Crawl {
  readonly #options: CrawlOptions;
  readonly #run: RunRow;
  readonly #writer: CrawlWriter;
  readonly #reader: CrawlReader;
  readonly #configs: ConfigsAlongside;
  readonly #known = new Map<string, KnownRepository>();
  readonly #problems: string[] = [];
  #problemCount = 0;
  #unreachable = 0;
  #newManifests = 0;
  readonly #newSubjects: Subject[] = [];
  #listed: ReadonlySet<string> = new Set();
  #lastUnreachable: string | null = null;
  #cursor = new CrawlCursor([], "");

  constructor(options: CrawlOptions) {
    this.#options = options;
    this.#run = { ...options.run };
    const gate = createGate(options.concurrency ?? 16);
    this.#reader = {
      client: options.client,
      signal: options.signal,
      run: gate,
      write: (part) => this.#write(part),
    };
    this.#configs = new ConfigsAlongside(this.#reader);
    this.#writer = new CrawlWriter({
      prepare: (parts) => this.#configs.addTo(parts),
      commit: (parts) => this.#commit(parts),
      onFailure: () => options.abort(),
    });
  }

  async run(): Promise<CrawlResult> {
    const { run, client, signal } = this.#options;
    const list = await listRepositoriesToRead(run, client, signal);
    if (list.problem !== null) this.#note(list.problem);
    this.#listed = list.listed;
    this.#cursor = new CrawlCursor(list.names, run.cursor);
    this.#run.repositoriesDone = this.#cursor.done;
    const total = list.names.length;
    await advanceRun(db(), run, {
      phase: "repositories",
      repositoriesTotal: total,
      repositoriesDone: this.#cursor.done,
    });
    try {
      await this.#readRepositories(this.#cursor.remaining());
      await this.#writer.finish();
      await this.#readReferrers();
      if (run.kind !== "sweep" || this.#newManifests > 0) {
        await advanceRun(db(), run, { phase: "configs" });
        const problem = await readMissingConfigs({
          run,
          reader: this.#reader,
          countRequests: this.#options.countRequests,
        });
        if (problem !== null) this.#note(problem);
      }
    } finally {
      this.#writer.abandon();
      await this.#writer.settle();
    }
    await withRetry(() => refreshRegistryStats(db(), run.registryId));
    return { incomplete: this.#summary() };
  }

  /** Of every manifest on a full run, else of those that are new: a look at what has not changed reads no body. */
  async #readReferrers(): Promise<void> {
    const subjects = this.#run.kind === "full" ? null : this.#newSubjects;
    if (subjects?.length === 0) return;
    const { run, countRequests } = this.#options;
    const problem = await readReferrers({ run, reader: this.#reader, countRequests, subjects });
    if (problem !== null) this.#note(problem);
  }

  #keepSubjects(parts: readonly RepositoryPart[], idOf: (part: RepositoryPart) => number): void {
    if (this.#run.kind === "full") return;
    for (const part of parts)
      for (const { digest, subjectDigest, kind } of part.manifests)
        if (subjectDigest === null && subjectKinds.has(kind))
          this.#newSubjects.push({
            id: 0n,
            repositoryId: idOf(part),
            repository: part.name,
            digest,
            known: [],
          });
  }

  async #readRepositories(names: readonly string[]): Promise<void> {
    let next = 0;
    let loading: Promise<void> = Promise.resolve();
    let loaded = 0;
    let failure: { error: unknown } | null = null;
    const load = async () => {
      const block = names.slice(loaded, loaded + blockSize);
      loaded += block.length;
      const known = await loadKnownRepositories(this.#run.registryId, block);
      for (const [name, repository] of known) this.#known.set(name, repository);
    };
    const lane = async () => {
      while (failure === null && next < names.length) {
        const index = next++;
        while (index >= loaded) {
          loading = loading.then(() => (index >= loaded ? load() : undefined));
          await loading;
        }
        const name = names[index] ?? "";
        // The row may still be loading for another lane.
        await loading;
        try {
          await readRepository(this.#reader, name, {
            known: this.#known.get(name),
            listed: this.#listed.has(name),
          });
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(openRepositories, names.length) }, lane));
    const ended = failure as { error: unknown } | null;
    if (ended !== null) throw ended.error;
  }

  async #write(part: RepositoryPart): Promise<void> {
    if (part.end !== null) this.#watch(part.end);
    await this.#writer.write(part);
  }

  #watch(end: RepositoryEnd): void {
    if (end.problem !== null) this.#note(end.problem);
    this.#unreachable = end.unreachable ? this.#unreachable + 1 : 0;
    if (end.unreachable) this.#lastUnreachable = end.problem;
    if (this.#unreachable >= maxUnreachable)
      throw new RegistryError("cannot-connect", this.#lastUnreachable ?? "The registry cannot be reached.");
  }

  async #commit(parts: RepositoryPart[]): Promise<void> {
    const { registryId } = this.#run;
    const ended = parts.filter((part) => part.end !== null);
    const returned = ended
      .filter((part) => part.end?.outcome === "read" && this.#known.get(part.name)?.missing)
      .map((part) => part.name);
    const gone = ended.filter((part) => part.end?.outcome === "gone").map((part) => part.name);
    let ids = new Map<string, number>();
    let added = 0;
    await withRetry(() =>
      db().$transaction(async (tx) => {
        await advanceRun(tx, this.#run, this.#progressAfter(parts, ended));
        ids = await this.#ensureRepositories(tx, parts);
        const idOf = (part: RepositoryPart) => ids.get(part.name) ?? 0;
        await markRepositoriesPresent(tx, registryId, returned);
        await insertConfigs(
          tx,
          parts.flatMap((part) => part.configs),
        );
        added = await insertManifests(
          tx,
          registryId,
          parts.flatMap((part) => part.manifests.map((row) => ({ ...row, repositoryId: idOf(part) }))),
        );
        await observeTags(
          tx,
          parts.flatMap((part) => part.tags.map((tag) => ({ ...tag, repositoryId: idOf(part) }))),
        );
        await markRepositoriesMissing(tx, registryId, gone, new Date());
        const changed = parts.filter((part) => part.tags.length > 0 || part.manifests.length > 0).map(idOf);
        await refreshRepositoryStats(tx, [...new Set(changed)]);
      }),
    );
    this.#newManifests += added;
    this.#keepSubjects(parts, (part) => ids.get(part.name) ?? 0);
    this.#configs.forget(parts);
    for (const [name, id] of ids)
      if (!this.#known.has(name))
        this.#known.set(name, { id, missing: false, tags: new Map(), manifests: new Set() });
    Object.assign(this.#run, this.#progressAfter(parts, ended));
    for (const part of ended) {
      this.#cursor.finish(part.name);
      this.#known.delete(part.name);
    }
  }

  /** Ids of the repositories that something is written for; a repository that could not be read leaves nothing. */
  async #ensureRepositories(tx: Tx, parts: readonly RepositoryPart[]): Promise<Map<string, number>> {
    const { registryId } = this.#run;
    const names = [...new Set(parts.filter(leavesSomething).map((part) => part.name))];
    const ids = new Map<string, number>();
    for (const name of names) {
      const known = this.#known.get(name);
      if (known) ids.set(name, known.id);
    }
    const unknown = names.filter((name) => !ids.has(name));
    for (const row of await insertRepositories(tx, registryId, unknown)) ids.set(row.name, row.id);
    const others = unknown.filter((name) => !ids.has(name));
    for (const row of await listRepositoryIds(tx, registryId, others)) ids.set(row.name, row.id);
    return ids;
  }

  #progressAfter(parts: readonly RepositoryPart[], ended: readonly RepositoryPart[]) {
    return {
      cursor: this.#cursor.after(ended.map((part) => part.name)),
      repositoriesDone: this.#cursor.done + ended.length,
      tagsDone: this.#run.tagsDone + parts.reduce((sum, part) => sum + part.tagsRead, 0),
      manifestsDone: this.#run.manifestsDone + parts.reduce((sum, part) => sum + part.manifests.length, 0),
      requests: this.#options.run.requests + this.#options.countRequests(),
      incomplete: this.#summary(),
    };
  }

  #note(problem: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < 3) this.#problems.push(problem);
  }

  #summary(): string | null {
    if (this.#problemCount === 0) return this.#run.incomplete;
    const more = this.#problemCount - this.#problems.length;
    return `${this.#problems.join(" ")}${more > 0 ? ` And ${more} more.` : ""}`.slice(0, 2_000);
  }
}

function leavesSomething(part: RepositoryPart): boolean {
  return part.tags.length > 0 || part.manifests.length > 0 || part.end?.outcome === "read";
}
