import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareReferences } from "#lib/compare/service";
import type { Db } from "#lib/db/client";
import { throwAwayAnnotation } from "#lib/inventory/rules-deletion";
import { listTagHistoryQuery, listTagsQuery } from "#lib/inventory/schema";
import { getManifestQuery, listReferrersQuery } from "#lib/inventory/schema-artifact";
import { getArtifact } from "#lib/inventory/service-artifact";
import { deleteManifest, planDeleteManifest } from "#lib/inventory/service-delete-manifest";
import { deleteTag, planDeleteTag } from "#lib/inventory/service-delete-tag";
import { putBackTag } from "#lib/inventory/service-put-back";
import { listReferrers } from "#lib/inventory/service-referrers";
import { listTagHistory, listTags } from "#lib/inventory/service-tags";
import type { RegistryClient } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { closeRegistryClients, getRegistryClient } from "#lib/registries/open-client";
import {
  createTestContext,
  createTestContextOf,
  seedRegistry,
  seedRepository,
  useTestDatabase,
} from "#lib/testing/seed-inventory";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";

const engineer = createTestContextOf("engineer");
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
let database: Awaited<ReturnType<typeof useTestDatabase>>;
let db: Db;
const registries: TestRegistry[] = [];

beforeAll(async () => {
  database = await useTestDatabase();
  db = database.db;
  for (const cidr of ["127.0.0.0/8", "::1/128"])
    await db.allowedNetwork.create({
      data: { cidr, reason: "the test's own registry", createdByName: "test" },
    });
  const open = await startTestRegistry();
  const closed = await startTestRegistry({ deletes: false });
  registries.push(open, closed);
  await seedRegistry(db, "open", { url: open.url, protectedPatterns: ["prod/**"] });
  await seedRegistry(db, "closed", { url: closed.url });
});

afterAll(async () => {
  await closeRegistryClients();
  await Promise.all(registries.map((registry) => registry.stop()));
  await database.drop();
});

async function openTestRepository(slug: string, prefix = "team") {
  const registry = await db.registry.findUniqueOrThrow({ where: { slug } });
  const name = `${prefix}/r-${randomUUID()}`;
  await seedRepository(db, registry.id, name);
  return { client: await getRegistryClient(registry.id), registry: slug, repository: name };
}

type Place = Awaited<ReturnType<typeof openTestRepository>>;

async function pushImage(
  { client, repository }: Place,
  tag: string | null,
  words: string,
  more: object = {},
) {
  const layer = await client.uploadBlob(repository, Buffer.from(`layer of ${words}`));
  const base = await client.uploadBlob(repository, Buffer.from("the base of all"));
  const config = {
    architecture: "amd64",
    os: "linux",
    created: "2026-01-02T03:04:05Z",
    config: {
      Env: [`WORDS=${words}`],
      User: "10001",
      Entrypoint: ["/app"],
      ExposedPorts: { "8080/tcp": {} },
    },
    rootfs: { type: "layers", diff_ids: [base.digest, layer.digest] },
    history: [
      { created_by: "ADD base" },
      { created_by: "ENV WORDS", empty_layer: true },
      { created_by: `COPY ${words}` },
    ],
  };
  const blob = await client.uploadBlob(repository, Buffer.from(JSON.stringify(config)));
  const layers = [base, layer].map(({ digest, sizeBytes }) => ({
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest,
    size: sizeBytes,
  }));
  return putJson(client, repository, tag, manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: blob.digest,
      size: blob.sizeBytes,
    },
    layers,
    ...more,
  });
}

async function putJson(
  client: RegistryClient,
  repository: string,
  tag: string | null,
  mediaType: string,
  body: object,
) {
  const bytes = Buffer.from(JSON.stringify(body));
  const digest = digestOf(bytes);
  await client.putManifest(repository, tag ?? digest, { mediaType, bytes });
  return { digest, size: bytes.byteLength };
}

const readArtifact = (place: Place, reference: string, more: object = {}) =>
  getArtifact(
    engineer,
    getManifestQuery.parse({ registry: place.registry, repository: place.repository, reference, ...more }),
  );
const history = async (place: Place, tag: string) =>
  (
    await listTagHistory(
      engineer,
      listTagHistoryQuery.parse({ registry: place.registry, repository: place.repository, tag }),
    )
  ).items;
const namesOf = async (place: Place) =>
  (
    await listTags(
      engineer,
      listTagsQuery.parse({ registry: place.registry, repository: place.repository, sort: "name" }),
    )
  ).items.map((tag) => tag.name);
const auditOf = async (place: Place, action: string) =>
  (
    await db.auditEvent.findMany({ where: { repository: place.repository, action }, orderBy: { id: "asc" } })
  ).map((row) => row.outcome);

describe("one artifact", () => {
  it("that the inventory does not know is fetched once, with layers beside their steps and its config", async () => {
    const place = await openTestRepository("open");
    const { digest } = await pushImage(place, "v1", "one");
    const artifact = await readArtifact(place, "v1");
    expect(artifact).toMatchObject({
      digest,
      kind: "image",
      tag: "v1",
      tags: ["v1"],
      config: { user: "10001", env: ["WORDS=one"], ports: ["8080/tcp"], entrypoint: ["/app"] },
      createdAt: "2026-01-02T03:04:05.000Z",
      platforms: [{ os: "linux", architecture: "amd64", digest, layerCount: 2, selected: true }],
      pullReference: `localhost:${registries[0]?.port}/${place.repository}:v1`,
    });
    expect(
      artifact.layers.map(({ ordinal, createdBy, emptyLayer }) => [ordinal, createdBy, emptyLayer]),
    ).toEqual([
      [0, "ADD base", false],
      [null, "ENV WORDS", true],
      [1, "COPY one", false],
    ]);
    expect(digestOf(artifact.raw)).toBe(digest);
    await pushImage(place, "v2", "two");
    const second = await readArtifact(place, "v2");
    expect(second.layers[0]?.sharedTagCount).toBeGreaterThan(0);
    expect(second.layers[2]?.sharedTagCount).toBe(0);
  });

  it("that nobody has is 404, and so is one outside the caller's scope", async () => {
    const place = await openTestRepository("open");
    await expect(readArtifact(place, "nope")).rejects.toMatchObject({ status: 404 });
    await expect(readArtifact(place, `sha256:${"0".repeat(64)}`)).rejects.toMatchObject({ status: 404 });
    const stranger = createTestContext([{ role: "admin", registryId: null, pattern: "other/*" }]);
    await pushImage(place, "v1", "one");
    const query = getManifestQuery.parse({ registry: "open", repository: place.repository, reference: "v1" });
    await expect(getArtifact(stranger, query)).rejects.toMatchObject({ status: 404 });
  });

  it("that is an index shows its platforms, and compares over registries on a platform both have", async () => {
    const place = await openTestRepository("open");
    const child = await pushImage(place, null, "one");
    const attestation = await putJson(place.client, place.repository, null, manifestType, {
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: "application/vnd.oci.empty.v1+json", ...(await pushEmpty(place)) },
      layers: [
        {
          mediaType: "application/vnd.in-toto+json",
          ...(await pushEmpty(place)),
          annotations: { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v1" },
        },
      ],
    });
    const { digest } = await putJson(place.client, place.repository, "multi", indexType, {
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [
        { mediaType: manifestType, ...child, platform: { os: "linux", architecture: "amd64" } },
        {
          mediaType: manifestType,
          ...attestation,
          platform: { os: "unknown", architecture: "unknown" },
          annotations: {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": child.digest,
          },
        },
      ],
    });
    const artifact = await readArtifact(place, "multi", { platform: "linux/amd64" });
    expect(artifact).toMatchObject({
      digest,
      kind: "index",
      platforms: [
        {
          os: "linux",
          architecture: "amd64",
          digest: child.digest,
          layerCount: 2,
          selected: true,
          present: true,
        },
      ],
      attestations: [{ about: child.digest, predicateTypes: ["https://slsa.dev/provenance/v1"] }],
    });
    await expect(readArtifact(place, "multi", { platform: "linux/s390x" })).rejects.toMatchObject({
      status: 404,
    });
    expect((await readArtifact(place, child.digest)).parents).toEqual([{ digest, tags: ["multi"] }]);

    const other = await openTestRepository("closed");
    await pushImage(other, "v1", "two");
    const comparison = await compareReferences(engineer, {
      from: `open/${place.repository}:multi`,
      to: `localhost:${registries[1]?.port}/${other.repository}:v1`,
    });
    expect(comparison.layers.shared.items).toHaveLength(1);
    expect(comparison.layers.added.items).toHaveLength(1);
    expect(comparison.config.env).toEqual([{ name: "WORDS", from: "one", to: "two", change: "changed" }]);
    const inside = await listReferrers(
      engineer,
      listReferrersQuery.parse({ registry: "open", repository: place.repository, digest }),
    );
    expect(inside.referrers).toMatchObject([
      { digest: attestation.digest, kind: "attestation", via: "index" },
    ]);
  });

  it("R5: shows referrers of referrers, found by the fallback tag", async () => {
    const place = await openTestRepository("open");
    const image = await pushImage(place, "v1", "one");
    await readArtifact(place, "v1");
    const pushReferrer = async (subject: { digest: string; size: number }, artifactType: string) => {
      const empty = await pushEmpty(place);
      const body = {
        schemaVersion: 2,
        mediaType: manifestType,
        artifactType,
        config: { mediaType: "application/vnd.oci.empty.v1+json", ...empty },
        layers: [{ mediaType: "application/octet-stream", ...empty }],
        subject: { mediaType: manifestType, ...subject },
      };
      const pushed = await putJson(place.client, place.repository, null, manifestType, body);
      await putJson(place.client, place.repository, subject.digest.replace(":", "-"), indexType, {
        schemaVersion: 2,
        mediaType: indexType,
        manifests: [{ mediaType: manifestType, artifactType, ...pushed }],
      });
      return pushed;
    };
    const sbom = await pushReferrer(image, "application/spdx+json");
    const signature = await pushReferrer(sbom, "application/vnd.dev.sigstore.bundle.v0.3+json");
    const tree = await listReferrers(
      engineer,
      listReferrersQuery.parse({ registry: "open", repository: place.repository, digest: image.digest }),
    );
    expect(tree).toMatchObject({
      truncated: false,
      referrers: [
        {
          digest: sbom.digest,
          kind: "sbom",
          referrers: [{ digest: signature.digest, kind: "signature", referrers: [] }],
        },
      ],
    });
  });
});

describe("putting a tag back", () => {
  it("moves it at the registry, in the inventory and in the history, with intent and outcome", async () => {
    const place = await openTestRepository("open");
    const first = await pushImage(place, "v1", "one");
    await readArtifact(place, "v1");
    const second = await pushImage(place, "v1", "two");
    const body = { registry: "open", repository: place.repository, tag: "v1", digest: first.digest };
    expect(await putBackTag(engineer, body)).toMatchObject({ moved: true, previousDigest: second.digest });
    expect((await place.client.findManifestHead(place.repository, "v1"))?.digest).toBe(first.digest);
    expect((await readArtifact(place, "v1")).digest).toBe(first.digest);
    expect((await history(place, "v1"))[0]).toMatchObject({
      digest: first.digest,
      source: "console",
      actor: "tester",
      current: true,
    });
    expect((await history(place, "v1")).map((move) => move.digest)).toEqual([
      first.digest,
      second.digest,
      first.digest,
    ]);
    expect(await auditOf(place, "tag.put-back")).toEqual(["intent", "succeeded"]);
    expect(await putBackTag(engineer, body)).toMatchObject({ moved: false });
    expect(await auditOf(place, "tag.put-back")).toEqual(["intent", "succeeded"]);
  });

  it("is refused when the manifest is gone, for people who may only read, and where the repository is unseen", async () => {
    const place = await openTestRepository("open");
    await pushImage(place, "v1", "one");
    const body = {
      registry: "open",
      repository: place.repository,
      tag: "v1",
      digest: `sha256:${"1".repeat(64)}`,
    };
    await expect(putBackTag(engineer, body)).rejects.toMatchObject({ status: 409, code: "manifest-gone" });
    await expect(putBackTag(createTestContextOf("viewer"), body)).rejects.toMatchObject({ status: 403 });
    const stranger = createTestContext([{ role: "engineer", registryId: null, pattern: "other/**" }]);
    await expect(putBackTag(stranger, body)).rejects.toMatchObject({ status: 404 });
    expect(await auditOf(place, "tag.put-back")).toEqual([]);
  });
});

describe("deleting one tag", () => {
  it("P8: leaves its siblings, on a registry that cannot delete by tag", async () => {
    const place = await openTestRepository("open");
    const { digest } = await pushImage(place, "v1", "one");
    await pushImage(place, "stable", "one");
    for (const tag of ["v1", "stable"]) await readArtifact(place, tag);
    const query = { registry: "open", repository: place.repository, tag: "v1" };
    expect(await planDeleteTag(engineer, query)).toMatchObject({
      siblings: ["stable"],
      digest,
      freesManifest: false,
    });
    expect(await deleteTag(engineer, query)).toMatchObject({
      way: "throw-away-manifest",
      siblingsKept: ["stable"],
      digest,
    });
    expect(await place.client.findManifestHead(place.repository, "v1")).toBeNull();
    expect((await place.client.findManifestHead(place.repository, "stable"))?.digest).toBe(digest);
    expect(await namesOf(place)).toEqual(["stable"]);
    expect((await history(place, "v1"))[0]).toMatchObject({
      digest: null,
      previousDigest: digest,
      source: "console",
    });
    expect(await auditOf(place, "tag.delete")).toEqual(["intent", "succeeded"]);
    await expect(deleteTag(engineer, query)).rejects.toMatchObject({ status: 404 });
    await putBackTag(engineer, { ...query, digest });
    expect(await namesOf(place)).toEqual(["stable", "v1"]);
  });

  it("completes what a crash left: the tag on a throw-away manifest, or gone already", async () => {
    const place = await openTestRepository("open");
    const { digest } = await pushImage(place, "v1", "one");
    await pushImage(place, "stable", "one");
    for (const tag of ["v1", "stable"]) await readArtifact(place, tag);
    await pushImage(place, "v1", "one", { annotations: { [throwAwayAnnotation]: "x" } });
    const query = { registry: "open", repository: place.repository, tag: "v1" };
    expect(await deleteTag(engineer, query)).toMatchObject({
      way: "throw-away-manifest",
      siblingsKept: ["stable"],
    });
    expect(await namesOf(place)).toEqual(["stable"]);
    await place.client.deleteManifest(place.repository, digest);
    expect(await deleteTag(engineer, { ...query, tag: "stable" })).toMatchObject({ way: "already-gone" });
    expect(await namesOf(place)).toEqual([]);
  });

  it("wants the name of a protected repository typed", async () => {
    const place = await openTestRepository("open", "prod");
    await pushImage(place, "v1", "one");
    await readArtifact(place, "v1");
    const query = { registry: "open", repository: place.repository, tag: "v1" };
    await expect(deleteTag(engineer, query)).rejects.toMatchObject({
      status: 422,
      fields: [{ field: "confirm" }],
    });
    await expect(deleteTag(engineer, { ...query, confirm: "prod" })).rejects.toMatchObject({ status: 422 });
    expect(await deleteTag(engineer, { ...query, confirm: place.repository })).toMatchObject({ tag: "v1" });
  });

  it("is refused with an explanation where deletion is off, and the tag stands as before", async () => {
    const place = await openTestRepository("closed");
    const { digest } = await pushImage(place, "v1", "one");
    await readArtifact(place, "v1");
    const query = { registry: "closed", repository: place.repository, tag: "v1" };
    await expect(deleteTag(engineer, query)).rejects.toMatchObject({ status: 409, code: "deletion-off" });
    await expect(
      deleteManifest(engineer, { registry: "closed", repository: place.repository, reference: digest }),
    ).rejects.toThrow(/storage\.delete\.enabled/);
    expect((await place.client.findManifestHead(place.repository, "v1"))?.digest).toBe(digest);
    expect(await auditOf(place, "tag.delete")).toEqual(["intent", "failed"]);
    expect(await namesOf(place)).toEqual(["v1"]);
  });
});

describe("deleting a manifest", () => {
  it("P8: takes its tags along, is refused for what an index needs, and keeps the history", async () => {
    const place = await openTestRepository("open");
    const child = await pushImage(place, null, "one");
    const index = await putJson(place.client, place.repository, "multi", indexType, {
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [{ mediaType: manifestType, ...child, platform: { os: "linux", architecture: "amd64" } }],
    });
    await readArtifact(place, "multi");
    const query = { registry: "open", repository: place.repository, reference: child.digest };
    expect(await planDeleteManifest(engineer, query)).toMatchObject({
      possible: false,
      parents: [index.digest],
    });
    await expect(deleteManifest(engineer, query)).rejects.toMatchObject({
      status: 409,
      code: "needed-by-index",
    });
    expect(await deleteManifest(engineer, { ...query, reference: index.digest })).toMatchObject({
      tags: ["multi"],
    });
    expect(await deleteManifest(engineer, query)).toMatchObject({ tags: [] });
    expect(await place.client.findManifestHead(place.repository, child.digest)).toBeNull();
    await expect(readArtifact(place, index.digest)).rejects.toMatchObject({ status: 404 });
    expect((await readArtifact(place, index.digest, { deleted: "true" })).deletedAt).not.toBeNull();
    expect((await history(place, "multi")).map((move) => move.digest)).toEqual([null, index.digest]);
    expect(await auditOf(place, "manifest.delete")).toEqual(["intent", "succeeded", "intent", "succeeded"]);
  });
});

describe("deleting what others refer to", () => {
  it("P8: says which signatures lose their subject, and takes none of them along", async () => {
    const place = await openTestRepository("open");
    const image = await pushImage(place, "v1", "one");
    await readArtifact(place, "v1");
    const referrers: string[] = [];
    for (const words of ["signature", "sbom"]) {
      const subject = { mediaType: manifestType, ...image };
      const { digest } = await pushImage(place, null, words, { subject });
      await readArtifact(place, digest);
      referrers.push(digest);
    }
    const query = { registry: "open", repository: place.repository, reference: image.digest };
    const plan = await planDeleteManifest(engineer, query);
    expect(plan).toMatchObject({ possible: true, tags: ["v1"] });
    expect(plan.referrers.toSorted()).toEqual(referrers.toSorted());
    expect(plan.explanation).toMatch(/2 artifacts that refer to it .* will have no subject/);
    await deleteManifest(engineer, query);
    for (const digest of referrers) {
      expect(await place.client.findManifestHead(place.repository, digest)).not.toBeNull();
      expect((await readArtifact(place, digest)).deletedAt).toBeNull();
    }
    const [row] = await db.auditEvent.findMany({
      where: { repository: place.repository, action: "manifest.delete" },
      orderBy: { id: "asc" },
    });
    expect(JSON.stringify(row?.before)).toContain(referrers[0]);
  });

  it("P8: a child that two indexes name is kept until both are gone", async () => {
    const place = await openTestRepository("open");
    const child = await pushImage(place, "child", "one");
    await readArtifact(place, "child");
    const indexes: string[] = [];
    for (const tag of ["first", "second"]) {
      const { digest } = await putJson(place.client, place.repository, tag, indexType, {
        schemaVersion: 2,
        mediaType: indexType,
        annotations: { tag },
        manifests: [{ mediaType: manifestType, ...child, platform: { os: "linux", architecture: "amd64" } }],
      });
      await readArtifact(place, tag);
      indexes.push(digest);
    }
    const query = { registry: "open", repository: place.repository };
    const reference = child.digest;
    for (const index of indexes) {
      await expect(deleteManifest(engineer, { ...query, reference })).rejects.toMatchObject({
        status: 409,
        code: "needed-by-index",
      });
      expect(await place.client.findManifestHead(place.repository, child.digest)).not.toBeNull();
      await deleteManifest(engineer, { ...query, reference: index });
    }
    expect(await deleteManifest(engineer, { ...query, reference })).toMatchObject({ tags: ["child"] });
  });
});

async function pushEmpty({ client, repository }: Place) {
  const { digest, sizeBytes } = await client.uploadBlob(repository, Buffer.from("{}"));
  return { digest, size: sizeBytes };
}
