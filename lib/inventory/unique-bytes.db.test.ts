import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { insertManifests } from "#lib/inventory/store-apply-manifests";
import {
  refreshRegistryStats,
  refreshRepositoryStats,
  refreshUniqueBytes,
} from "#lib/inventory/store-apply-stats";
import { digestOf } from "#lib/oci/digest";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry } from "#lib/testing/connect-test-registry";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const { db } = attachTestDatabase();

interface Image {
  repository: number;
  blobs: number[];
  /** Images of the same words are the same manifest, in whichever repository. */
  words: number;
  deleted: boolean;
}
const images = fc.array(
  fc.record<Image>({
    repository: fc.nat(3),
    blobs: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 4 }),
    words: fc.nat(1),
    deleted: fc.boolean(),
  }),
  { maxLength: 12 },
);
const sizeOfBlob = (blob: number) => 10 ** blob;

function prepare({ blobs, words }: Image) {
  const digest = digestOf(`${blobs.join()} ${words}`);
  return {
    digest,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: null,
    kind: "image",
    sizeBytes: 3,
    totalBytes: 0,
    configDigest: null,
    subjectDigest: null,
    annotations: {},
    body: Buffer.from(digest),
    blobs: blobs.map((blob, ordinal) => ({
      ordinal,
      digest: digestOf(`blob ${blob}`),
      sizeBytes: sizeOfBlob(blob),
      mediaType: "application/octet-stream",
      role: ordinal === 0 ? ("config" as const) : ("layer" as const),
    })),
    children: [],
  };
}

/** What each repository holds, thing by thing: the plain way to say what the sums must be. */
function expectSums(live: readonly Image[]) {
  const holders = new Map<string, { bytes: number; repositories: Set<number> }>();
  const hold = (thing: string, bytes: number, repository: number) => {
    const found = holders.get(thing) ?? { bytes, repositories: new Set<number>() };
    found.repositories.add(repository);
    holders.set(thing, found);
  };
  for (const image of live) {
    hold(prepare(image).digest, 3, image.repository);
    for (const blob of image.blobs) hold(`blob ${blob}`, sizeOfBlob(blob), image.repository);
  }
  const things = [...holders.values()];
  const sum = (list: typeof things) => list.reduce((bytes, thing) => bytes + thing.bytes, 0);
  return {
    stored: sum(things),
    size: (repository: number) => sum(things.filter((thing) => thing.repositories.has(repository))),
    unique: (repository: number) =>
      sum(things.filter((thing) => thing.repositories.size === 1 && thing.repositories.has(repository))),
  };
}

describe("bytes that only one repository holds", () => {
  it("are exact, whatever is shared, deleted, or held by another registry", async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(images, async (list) => {
        const registryId = await connectTestRegistry(`sums-${++round}`, "http://127.0.0.1:1");
        const rows = await db().repository.createManyAndReturn({
          data: [0, 1, 2, 3].map((number) => ({ registryId, name: `r-${number}` })),
        });
        const ids = rows.map((row) => Number(row.id));
        const idOf = (image: Image) => ids[image.repository] ?? 0;
        const placed = list.map((image) => ({ ...prepare(image), repositoryId: idOf(image) }));
        await db().$transaction((tx) => insertManifests(tx, registryId, placed));
        const dead = list.filter((image) => image.deleted);
        for (const image of dead)
          await db().manifest.updateMany({
            where: { repositoryId: idOf(image), digest: prepare(image).digest },
            data: { deletedAt: new Date() },
          });
        const isDead = (image: Image) =>
          dead.some((one) => idOf(one) === idOf(image) && prepare(one).digest === prepare(image).digest);
        const expected = expectSums(list.filter((image) => !isDead(image)));
        const readUnique = async () =>
          (await db().repository.findMany({ where: { registryId }, orderBy: { id: "asc" } })).map((row) => [
            Number(row.sizeBytes),
            Number(row.uniqueBytes),
          ]);
        const wanted = [0, 1, 2, 3].map((number) => [expected.size(number), expected.unique(number)]);
        await db().$transaction((tx) => refreshRepositoryStats(tx, ids));
        await db().$transaction((tx) => refreshUniqueBytes(tx, ids));
        expect(await readUnique()).toEqual(wanted);
        await db().repository.updateMany({ where: { registryId }, data: { uniqueBytes: null } });
        await refreshRegistryStats(db(), registryId);
        expect(await readUnique()).toEqual(wanted);
        const registry = await db().registry.findUniqueOrThrow({ where: { id: registryId } });
        expect(Number(registry.sizeBytes)).toBe(expected.stored);
      }),
      { numRuns: fuzzRuns(25, 400) },
    );
  });
});
