import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { RegistryClient } from "#lib/oci/client";
import { referrersTagOf } from "#lib/oci/referrer-tag";
import type { Artifact, Blob, Descriptor } from "./content.ts";
import { createBlob, descriptorOf } from "./content.ts";
import { type Lane, planFleet, type Step } from "./plan.ts";

const indexType = "application/vnd.oci.image.index.v1+json";
const lanesAtOnce = 6;
const blobsAtOnce = 4;

export interface FleetProgress {
  done: number;
  total: number;
}

/**
 * Pushes the sample fleet over HTTP, as clients would. `progressFile` remembers how far each lane came, so that a
 * push that was killed goes on where it was instead of moving tags a second time.
 */
export async function pushFleet(options: {
  client: RegistryClient;
  progressFile: string;
  onProgress?: (progress: FleetProgress) => void;
  signal?: AbortSignal;
  /** Only these lanes, for tests that need some real content and not all of it. */
  lanes?: readonly string[];
}): Promise<FleetProgress> {
  const { lanes: wanted } = options;
  const stages = planFleet().map((lanes) => lanes.filter((lane) => wanted?.includes(lane.name) ?? true));
  const ledger = readLedger(options.progressFile);
  const total = stages.flat().reduce((sum, lane) => sum + lane.steps.length, 0);
  const pusher = new Pusher(options.client, Object.keys(ledger).length > 0);
  const countDone = () => Object.values(ledger).reduce((sum, count) => sum + count, 0);
  const runLane = async (lane: Lane) => {
    for (let index = ledger[lane.name] ?? 0; index < lane.steps.length; index++) {
      options.signal?.throwIfAborted();
      const step = lane.steps[index];
      if (step) await pusher.perform(step);
      ledger[lane.name] = index + 1;
      writeLedger(options.progressFile, ledger);
      options.onProgress?.({ done: countDone(), total });
    }
  };
  for (const lanes of stages) await runAtOnce(lanes, lanesAtOnce, runLane);
  return { done: countDone(), total };
}

class Pusher {
  readonly #client: RegistryClient;
  readonly #isResumed: boolean;
  /** Repositories that hold a blob, to mount it from. */
  readonly #holders = new Map<string, Set<string>>();
  readonly #manifests = new Set<string>();

  constructor(client: RegistryClient, isResumed: boolean) {
    this.#client = client;
    this.#isResumed = isResumed;
  }

  async perform(step: Step): Promise<void> {
    if (step.kind === "push") {
      const tags = Array.isArray(step.tags) ? step.tags : await step.tags();
      await this.#push(step.repository, await step.build(), tags);
    } else if (step.kind === "refer") {
      for (const artifact of await step.build()) await this.#pushReferrer(step.repository, artifact);
    } else {
      const { digest } = await step.build();
      await this.#client.deleteManifest(step.repository, digest).catch((error: unknown) => {
        // A step that was killed just before it was noted has already done it.
        if (!this.#isResumed) throw error;
      });
      this.#manifests.delete(`${step.repository}@${digest}`);
    }
  }

  async #push(repository: string, artifact: Artifact, tags: string[]): Promise<void> {
    for (const child of artifact.children) await this.#push(repository, child, []);
    await runAtOnce(artifact.blobs, blobsAtOnce, (blob) => this.#ensureBlob(repository, blob));
    const key = `${repository}@${artifact.digest}`;
    if (tags.length === 0 && this.#manifests.has(key)) return;
    const { mediaType, bytes } = artifact;
    for (const reference of tags.length > 0 ? tags : [artifact.digest]) {
      await this.#client.putManifest(repository, reference, { mediaType, bytes });
    }
    this.#manifests.add(key);
  }

  async #ensureBlob(repository: string, blob: Blob): Promise<void> {
    const holders = this.#holders.get(blob.digest) ?? new Set<string>();
    this.#holders.set(blob.digest, holders);
    if (holders.has(repository)) return;
    const [holder] = holders;
    const isThere =
      (this.#isResumed && (await this.#client.findBlobHead(repository, blob.digest)) !== null) ||
      (holder !== undefined && (await this.#client.mountBlob(repository, blob.digest, holder)));
    if (!isThere) await this.#client.uploadBlob(repository, blob.bytes);
    holders.add(repository);
  }

  // Where the registry does not keep referrers itself, clients keep an index of them under a tag of the subject.
  async #pushReferrer(repository: string, artifact: Artifact): Promise<void> {
    await runAtOnce(artifact.blobs, blobsAtOnce, (blob) => this.#ensureBlob(repository, blob));
    const { mediaType, bytes, subject } = artifact;
    const { subjectHandled } = await this.#client.putManifest(repository, artifact.digest, {
      mediaType,
      bytes,
    });
    if (subjectHandled || !subject) return;
    const tag = referrersTagOf(subject.digest);
    const manifests = await this.#readReferrers(repository, tag);
    if (manifests.some((entry) => entry.digest === artifact.digest)) return;
    const { artifactType, annotations } = artifact;
    const own: Descriptor = { ...descriptorOf(artifact), artifactType, annotations };
    const index = { schemaVersion: 2, mediaType: indexType, manifests: [...manifests, own] };
    await this.#client.putManifest(repository, tag, createBlob(indexType, index));
  }

  async #readReferrers(repository: string, tag: string): Promise<Descriptor[]> {
    if ((await this.#client.findManifestHead(repository, tag)) === null) return [];
    const { bytes } = await this.#client.getManifest(repository, tag);
    const index: { manifests?: Descriptor[] } = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return index.manifests ?? [];
  }
}

async function runAtOnce<T>(items: T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const runner = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runner));
}

function readLedger(path: string): Record<string, number> {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}

function writeLedger(path: string, ledger: Record<string, number>): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(ledger));
  renameSync(`${path}.new`, path);
}
