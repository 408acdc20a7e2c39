import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateScope } from "#lib/auth/rules";
import { findBase } from "#lib/inventory/service-base";
import { insertManifests } from "#lib/inventory/store-apply-manifests";
import { digestOf } from "#lib/oci/digest";
import {
  createTestContext,
  createTestContextOf,
  seedRegistry,
  seedRepository,
  useTestDatabase,
} from "#lib/testing/seed-inventory";

const everything = evaluateScope(createTestContextOf("admin").principal, "repositories.read");
const layerOf = (word: string) => digestOf(`layer ${word}`);
let database: Awaited<ReturnType<typeof useTestDatabase>>;
let main: number;
let mirror: number;

async function seedImage(
  registryId: number,
  name: string,
  layers: readonly string[],
  more: { tag?: string; kind?: string; deleted?: boolean } = {},
): Promise<string> {
  const { db } = database;
  const known = await db.repository.findUnique({ where: { registryId_name: { registryId, name } } });
  const repositoryId = known?.id ?? (await seedRepository(db, registryId, name));
  const digest = digestOf(`${registryId} ${name} ${layers.join()} ${more.tag} ${more.kind}`);
  const blobs = ["config", ...layers].map((word, ordinal) => ({
    ordinal,
    digest: ordinal === 0 ? digestOf(`config of ${digest}`) : layerOf(word),
    sizeBytes: 10,
    mediaType: "application/octet-stream",
    role: ordinal === 0 ? ("config" as const) : ("layer" as const),
  }));
  await db.$transaction((tx) =>
    insertManifests(tx, registryId, [
      {
        repositoryId: Number(repositoryId),
        digest,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        artifactType: null,
        kind: more.kind ?? "image",
        sizeBytes: 1,
        totalBytes: 0,
        configDigest: null,
        subjectDigest: null,
        annotations: {},
        body: Buffer.from(digest),
        blobs,
        children: [],
      },
    ]),
  );
  const where = { repositoryId_digest: { repositoryId, digest } };
  const manifest = await db.manifest.findUniqueOrThrow({ where });
  if (more.deleted) await db.manifest.update({ where, data: { deletedAt: new Date() } });
  if (more.tag)
    await db.tag.create({
      data: { repositoryId, name: more.tag, manifestId: manifest.id, digest, pushedAt: new Date() },
    });
  return digest;
}

beforeAll(async () => {
  database = await useTestDatabase();
  main = await seedRegistry(database.db, "main");
  mirror = await seedRegistry(database.db, "mirror");
  await seedImage(main, "base/debian", ["debian"], { tag: "12" });
  await seedImage(main, "base/node", ["debian", "node"]);
  await seedImage(mirror, "library/node", ["debian", "node"], { tag: "22" });
  await seedImage(main, "secret/base", ["debian", "node", "hardened"], { tag: "v1" });
  await seedImage(main, "evidence/of", ["debian", "node", "hardened"], { tag: "a", kind: "attestation" });
  await seedImage(main, "old/base", ["debian", "node", "old"], { tag: "v1", deleted: true });
});
afterAll(() => database.drop());

const find = (words: readonly string[], more: Partial<Parameters<typeof findBase>[0]> = {}) =>
  findBase({ claim: null, layers: words.map(layerOf), registryId: main, scope: everything, ...more });

describe("the image that another is built on", () => {
  it("has the longest list of layers that it begins with, and never the same list", async () => {
    expect(await find(["debian", "app"])).toMatchObject({
      source: "layers",
      layerCount: 1,
      image: { registry: "main", repository: "base/debian", reference: "12" },
    });
    expect(await find(["debian", "node", "hardened", "app"])).toMatchObject({
      layerCount: 3,
      image: { repository: "secret/base", reference: "v1" },
    });
    expect(await find(["debian", "node", "hardened"])).toMatchObject({
      layerCount: 2,
      image: { repository: "base/node" },
    });
    expect(await find(["debian"])).toBeNull();
    expect(await find(["other", "debian"])).toBeNull();
  });

  it("is one of the same registry before one with a tag elsewhere", async () => {
    const digest = expect.stringMatching(/^sha256:/);
    expect((await find(["debian", "node", "app"]))?.image).toEqual({
      registry: "main",
      repository: "base/node",
      reference: digest,
      digest,
    });
    expect((await find(["debian", "node", "app"], { registryId: mirror }))?.image).toMatchObject({
      registry: "mirror",
      reference: "22",
    });
  });

  it("is none that was deleted", async () => {
    expect(await find(["debian", "node", "old", "app"])).toMatchObject({ layerCount: 2 });
  });

  it("W2: is none that the reader may not see", async () => {
    const reader = createTestContext([{ role: "viewer", registryId: main, pattern: "base/*" }]);
    const scope = evaluateScope(reader.principal, "repositories.read");
    expect(await find(["debian", "node", "hardened", "app"], { scope })).toMatchObject({
      layerCount: 2,
      image: { repository: "base/node" },
    });
    const claim = { name: "secret", digest: await seedImage(main, "secret/other", ["x"], { tag: "v1" }) };
    const base = await find(["debian", "node", "app"], { scope, claim });
    expect(base).toMatchObject({ source: "annotations", problem: null });
  });

  it("is what the annotations name, if that is known to fit", async () => {
    const digest = await seedImage(main, "base/named", ["debian", "named"], { tag: "1" });
    const claim = { name: "base/named:1", digest };
    expect(await find(["debian", "named", "app"], { claim })).toMatchObject({
      source: "annotations",
      layerCount: 2,
      image: { repository: "base/named", reference: "1" },
    });
    expect(await find(["debian", "app"], { claim })).toMatchObject({
      source: "layers",
      layerCount: 1,
      problem: expect.stringContaining("base/named:1"),
    });
  });

  it("is found by what the migration writes for older rows too", async () => {
    const rows = await database.db.$queryRaw<{ same: boolean }[]>`
      SELECT m.layers_hash = x.hash AS same FROM manifest m JOIN (
        SELECT mb.manifest_id, sha256(convert_to(string_agg(b.digest, E'\n' ORDER BY mb.ordinal), 'UTF8')) AS hash
        FROM manifest_blob mb JOIN blob b ON b.id = mb.blob_id WHERE mb.role = 'layer' GROUP BY 1) x
        ON x.manifest_id = m.id WHERE m.kind = 'image'`;
    expect(rows.length).toBeGreaterThan(4);
    expect(rows.every((row) => row.same)).toBe(true);
  });
});
