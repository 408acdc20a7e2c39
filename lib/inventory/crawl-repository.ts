import { type PreparedManifest, prepareManifest } from "#lib/inventory/prepare-manifest";
import type { ConfigToStore } from "#lib/inventory/store-apply-manifests";
import type { KnownRepository } from "#lib/inventory/store-crawl";
import type { RegistryClient } from "#lib/oci/client";
import { isRegistryError, type RegistryErrorKind } from "#lib/oci/errors";
import type { TagList } from "#lib/oci/tags";

/** Something read from a repository, to be written soon. */
export interface RepositoryPart {
  name: string;
  tags: { name: string; digest: string | null; at: Date }[];
  manifests: PreparedManifest[];
  /** Of these manifests, where nobody had read them. */
  configs: ConfigToStore[];
  /** Tags that were looked at, changed or not. */
  tagsRead: number;
  /** Set on the last part of a repository. */
  end: RepositoryEnd | null;
}

export interface RepositoryEnd {
  /** gone: the registry says that there is no such repository. */
  outcome: "read" | "gone" | "failed";
  /** Why something of it is not known, in a sentence. */
  problem: string | null;
  /** True when it is the registry or the way to it that failed, not this repository. */
  unreachable: boolean;
}

export interface RepositoryBefore {
  known: KnownRepository | undefined;
  /** Whether the catalogue names it: then a missing tag list means that it has no tags. */
  listed: boolean;
}

export interface CrawlReader {
  client: RegistryClient;
  signal: AbortSignal;
  /** Runs a request when there is room for it. */
  run<T>(request: () => Promise<T>): Promise<T>;
  /** Takes a part over; waits while too much is still unwritten. */
  write(part: RepositoryPart): Promise<void>;
}

const partSize = 500;
const maxDepth = 4;
const maxChildren = 2_000;

/** Problems of one manifest; everything else ends the reading of the repository. */
const manifestProblems: RegistryErrorKind[] = [
  "too-old",
  "unsupported",
  "digest-mismatch",
  "invalid-response",
  "too-large",
  "rejected",
];
const wayProblems: RegistryErrorKind[] = [
  "cannot-connect",
  "timeout",
  "server-error",
  "throttled",
  "name-not-resolved",
  "tls",
  "address-refused",
  "realm-refused",
  "unauthorized",
];

/**
 * Reads one repository: its tag list, then each tag. A tag that is known costs a HEAD; a new or moved one costs its
 * manifest, once. What could not be read is a problem, never a deletion.
 */
export async function readRepository(
  reader: CrawlReader,
  name: string,
  before: RepositoryBefore,
): Promise<void> {
  const reading = new RepositoryReading(reader, name, before);
  try {
    await reading.readAll();
  } catch (error) {
    if (!isRegistryError(error) || error.kind === "aborted") throw error;
    const unreachable = wayProblems.includes(error.kind);
    const problem = unreachable ? error.message : `${name}: ${error.message}`;
    await reading.close({ outcome: "failed", problem, unreachable });
  }
}

class RepositoryReading {
  readonly #reader: CrawlReader;
  readonly #name: string;
  readonly #listed: boolean;
  readonly #knownTags: ReadonlyMap<string, string>;
  /** Digests that are stored. */
  readonly #stored: ReadonlySet<string>;
  /** Digests read here; settled once the manifest is in a part, so that a tag never comes before it. */
  readonly #taken = new Map<string, Promise<void>>();
  readonly #children = new Map<string, Promise<void>>();
  #part: RepositoryPart;
  #problems = 0;
  #firstProblem: string | null = null;

  constructor(reader: CrawlReader, name: string, { known, listed }: RepositoryBefore) {
    this.#reader = reader;
    this.#name = name;
    this.#listed = listed;
    this.#knownTags = known?.tags ?? new Map();
    this.#stored = known?.manifests ?? new Set();
    this.#part = this.#emptyPart();
  }

  async readAll(): Promise<void> {
    const at = new Date();
    const list = await this.#listTags();
    if (list === null) {
      this.#loseTags(new Set(), at);
      await this.close({ outcome: this.#listed ? "read" : "gone", problem: null, unreachable: false });
      return;
    }
    await this.#readTags(list.tags);
    const whole = list.incomplete === null && list.invalidTags === 0;
    if (whole) this.#loseTags(new Set(list.tags), at);
    else this.#note(`the tag list is not whole (${list.incomplete ?? "tags with unusable names"})`);
    const problem =
      this.#firstProblem === null ? null : `${this.#name}: ${this.#firstProblem}${this.#more()}`;
    await this.close({ outcome: "read", problem, unreachable: false });
  }

  async close(end: RepositoryEnd): Promise<void> {
    this.#part.end = end;
    await this.#reader.write(this.#part);
  }

  /** Null when the registry says, in its own words, that there is no such repository. */
  async #listTags(): Promise<TagList | null> {
    const { client, signal, run } = this.#reader;
    try {
      return await run(() => client.listTags(this.#name, { signal }));
    } catch (error) {
      if (isRegistryError(error, "not-found") && error.code === "NAME_UNKNOWN") return null;
      throw error;
    }
  }

  async #readTags(tags: readonly string[]): Promise<void> {
    let next = 0;
    let failure: unknown = null;
    const lane = async () => {
      while (failure === null && next < tags.length) {
        const tag = tags[next++];
        if (tag === undefined) break;
        try {
          await this.#readTag(tag);
          if (this.#part.tagsRead >= partSize) await this.#flush();
        } catch (error) {
          failure ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(16, tags.length) }, lane));
    if (failure !== null) throw failure;
  }

  async #readTag(tag: string): Promise<void> {
    const { client, signal, run } = this.#reader;
    const stored = this.#knownTags.get(tag);
    let at = new Date();
    try {
      if (stored !== undefined) {
        const head = await run(() => {
          at = new Date();
          return client.findManifestHead(this.#name, tag, { signal });
        });
        if (head === null) return;
        const taken = head.digest === null ? undefined : this.#taken.get(head.digest);
        if (head.digest !== null && (taken !== undefined || this.#stored.has(head.digest))) {
          await taken;
          if (head.digest !== stored) this.#part.tags.push({ name: tag, digest: head.digest, at });
          return;
        }
      }
      const fetched = await run(() => {
        at = new Date();
        return client.getManifest(this.#name, tag, { signal });
      });
      const manifest = prepareManifest(fetched, tag);
      await this.#take(manifest, 0);
      if (manifest.digest !== stored) this.#part.tags.push({ name: tag, digest: manifest.digest, at });
    } catch (error) {
      // Gone between the list and now: the next look will tell.
      if (isRegistryError(error, "not-found")) return;
      if (!isRegistryError(error, ...manifestProblems)) throw error;
      this.#note(`${tag}: ${error.message}`);
    } finally {
      this.#part.tagsRead += 1;
    }
  }

  #take(manifest: PreparedManifest, depth: number): Promise<void> {
    const { digest } = manifest;
    if (this.#stored.has(digest)) return Promise.resolve();
    const begun = this.#taken.get(digest);
    if (begun !== undefined) return begun;
    const taking = this.#takeChildren(manifest, depth).then(() => {
      this.#part.manifests.push(manifest);
    });
    this.#taken.set(digest, taking);
    return taking;
  }

  /** Children come first, so that whoever sees an index finds them. */
  async #takeChildren(manifest: PreparedManifest, depth: number): Promise<void> {
    const wanted = manifest.children.filter(({ digest }) => !this.#stored.has(digest));
    if (wanted.length === 0) return;
    if (depth >= maxDepth) {
      this.#note("indexes lie too deep in each other");
      return;
    }
    if (wanted.length > maxChildren) this.#note(`an index has more than ${maxChildren} entries`);
    await Promise.all(wanted.slice(0, maxChildren).map(({ digest }) => this.#readChild(digest, depth + 1)));
  }

  async #readChild(digest: string, depth: number): Promise<void> {
    const begun = this.#taken.get(digest) ?? this.#children.get(digest);
    if (begun !== undefined) return begun;
    const reading = this.#fetchChild(digest, depth);
    this.#children.set(digest, reading);
    return reading;
  }

  async #fetchChild(digest: string, depth: number): Promise<void> {
    const { client, signal, run } = this.#reader;
    try {
      const fetched = await run(() => client.getManifest(this.#name, digest, { signal }));
      await this.#take(prepareManifest(fetched), depth);
    } catch (error) {
      // An index may name platforms that were never pushed.
      if (isRegistryError(error, "not-found")) return;
      if (!isRegistryError(error, ...manifestProblems)) throw error;
      this.#note(`${digest}: ${error.message}`);
    }
  }

  #loseTags(listed: ReadonlySet<string>, at: Date): void {
    for (const name of this.#knownTags.keys())
      if (!listed.has(name)) this.#part.tags.push({ name, digest: null, at });
  }

  async #flush(): Promise<void> {
    const part = this.#part;
    this.#part = this.#emptyPart();
    await this.#reader.write(part);
  }

  #emptyPart(): RepositoryPart {
    return { name: this.#name, tags: [], manifests: [], configs: [], tagsRead: 0, end: null };
  }

  #note(problem: string): void {
    this.#problems += 1;
    this.#firstProblem ??= problem;
  }

  #more(): string {
    return this.#problems > 1 ? ` (and ${this.#problems - 1} more)` : "";
  }
}
