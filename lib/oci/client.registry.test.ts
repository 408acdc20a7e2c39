import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createRegistryClient, type RegistryClient } from "#lib/oci/client";
import { parseImageConfig } from "#lib/oci/config";
import { digestOf } from "#lib/oci/digest";
import { ociEmpty, ociImageConfig, ociImageIndex, ociImageManifest } from "#lib/oci/media-types";
import { referrersTagOf } from "#lib/oci/referrer-tag";
import { failureOf } from "#lib/oci/testing/failure-of";

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Against a real registry with deletion on, whose address the test runner gives. */
describe("a real registry", () => {
  const base = `it/oci-${randomBytes(6).toString("hex")}`;
  let client: RegistryClient;
  let wireRequests = 0;

  beforeAll(() => {
    const baseUrl = process.env.TEST_REGISTRY_URL;
    if (baseUrl === undefined || baseUrl === "") {
      throw new Error("TEST_REGISTRY_URL is not set: these tests need the address of a real registry.");
    }
    const username = process.env.TEST_REGISTRY_USER;
    const password = process.env.TEST_REGISTRY_PASSWORD ?? "";
    client = createRegistryClient({
      baseUrl,
      credentials: username ? { kind: "basic", username, password } : { kind: "none" },
      allowedNetworks: ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
      userAgent: "wharfinger-test/1",
      onRequest: () => {
        wireRequests += 1;
      },
    });
  });
  afterAll(() => client?.close());

  async function pushImage(
    repository: string,
    tag: string,
    mark: string,
  ): Promise<{ digest: string; sizeBytes: number; layer: string }> {
    const layer = await client.uploadBlob(repository, Buffer.from(`layer ${mark}`));
    const config = await client.uploadBlob(
      repository,
      json({
        os: "linux",
        architecture: "amd64",
        created: "2026-01-01T00:00:00Z",
        config: { Entrypoint: ["/app"], Labels: { mark } },
        rootfs: { type: "layers", diff_ids: [layer.digest] },
      }),
    );
    const bytes = json({
      schemaVersion: 2,
      mediaType: ociImageManifest,
      config: { mediaType: ociImageConfig, digest: config.digest, size: config.sizeBytes },
      layers: [
        { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: layer.digest, size: layer.sizeBytes },
      ],
    });
    const put = await client.putManifest(repository, tag, { mediaType: ociImageManifest, bytes });
    return { digest: put.digest, sizeBytes: bytes.byteLength, layer: layer.digest };
  }

  it("answers the probe", async () => {
    await pushImage(`${base}/probe`, "v1", "probe");
    const result = await client.probe({ repository: `${base}/probe` });
    expect(result).toMatchObject({ isUsable: true, catalog: "yes", deletion: "on", failure: null });
    expect(result.tagDeletion).not.toBe("unknown");
    expect((await client.listTags(`${base}/probe`)).tags).toEqual(["v1"]);
  });

  it("stores and gives back an image, byte for byte", async () => {
    const repository = `${base}/image`;
    const { digest, sizeBytes, layer } = await pushImage(repository, "v1", "one");
    const byTag = await client.getManifest(repository, "v1");
    const byDigest = await client.getManifest(repository, digest);
    expect(byTag).toMatchObject({ digest, sizeBytes, mediaType: ociImageManifest });
    expect(Buffer.compare(byTag.bytes, byDigest.bytes)).toBe(0);
    expect(await client.findManifestHead(repository, "v1")).toEqual({
      digest,
      mediaType: ociImageManifest,
      sizeBytes,
    });
    if (byTag.parsed.kind !== "image") throw new Error("not an image");
    const config = parseImageConfig(await client.getBlob(repository, byTag.parsed.config.digest));
    expect(config).toMatchObject({ entrypoint: ["/app"], labels: { mark: "one" } });
    const pieces: Uint8Array[] = [];
    for await (const piece of client.streamBlob(repository, layer)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("layer one");
  });

  it("lists repositories and tags", async () => {
    const repository = `${base}/tags`;
    for (const tag of ["a", "b", "c"]) await pushImage(repository, tag, tag);
    const { tags, invalidTags, incomplete } = await client.listTags(repository);
    // distribution 2.8 gives tags in the order of its folder, which is none.
    expect(tags.toSorted()).toEqual(["a", "b", "c"]);
    expect({ invalidTags, incomplete }).toEqual({ invalidTags: 0, incomplete: null });
    const found: string[] = [];
    for await (const page of client.listCatalog()) found.push(...page.repositories);
    expect(found).toContain(repository);
    const paged: string[] = [];
    for await (const page of client.listCatalog({ pageSizes: [2] })) paged.push(...page.repositories);
    expect(paged.toSorted()).toEqual(
      expect.arrayContaining(found.filter((name) => name.startsWith(base)).toSorted()),
    );
  });

  it("mounts a blob of another repository", async () => {
    const { layer } = await pushImage(`${base}/source`, "v1", "mounted");
    expect(await client.findBlobHead(`${base}/target`, layer)).toBeNull();
    expect(await client.mountBlob(`${base}/target`, layer, `${base}/source`)).toBe(true);
    expect(await client.findBlobHead(`${base}/target`, layer)).toEqual({ sizeBytes: "layer mounted".length });
    expect(await client.mountBlob(`${base}/target`, digestOf("nowhere"), `${base}/source`)).toBe(false);
  });

  it("walks an index and finds referrers by API or fallback tag", async () => {
    const repository = `${base}/index`;
    const one = await pushImage(repository, "amd64", "amd64");
    const two = await pushImage(repository, "arm64", "arm64");
    const platform = (architecture: string) => ({ os: "linux", architecture });
    const bytes = json({
      schemaVersion: 2,
      mediaType: ociImageIndex,
      manifests: [
        { mediaType: ociImageManifest, digest: one.digest, size: one.sizeBytes, platform: platform("amd64") },
        { mediaType: ociImageManifest, digest: two.digest, size: two.sizeBytes, platform: platform("arm64") },
      ],
    });
    const root = await client.putManifest(repository, "latest", { mediaType: ociImageIndex, bytes });
    const empty = await client.uploadBlob(repository, Buffer.from("{}"));
    const signature = json({
      schemaVersion: 2,
      mediaType: ociImageManifest,
      artifactType: "application/x-test-signature",
      config: { mediaType: ociEmpty, digest: empty.digest, size: empty.sizeBytes },
      layers: [{ mediaType: ociEmpty, digest: empty.digest, size: empty.sizeBytes }],
      subject: { mediaType: ociImageIndex, digest: root.digest, size: bytes.byteLength },
    });
    const signed = await client.putManifest(repository, digestOf(signature), {
      mediaType: ociImageManifest,
      bytes: signature,
    });
    if (!signed.subjectHandled) {
      const descriptor = {
        mediaType: ociImageManifest,
        digest: signed.digest,
        size: signature.byteLength,
        artifactType: "application/x-test-signature",
      };
      const fallback = json({ schemaVersion: 2, mediaType: ociImageIndex, manifests: [descriptor] });
      await client.putManifest(repository, referrersTagOf(root.digest), {
        mediaType: ociImageIndex,
        bytes: fallback,
      });
    }
    const { referrers, sources } = await client.listReferrers(repository, root.digest);
    expect(referrers.map((referrer) => [referrer.digest, referrer.artifactType])).toEqual([
      [signed.digest, "application/x-test-signature"],
    ]);
    expect(sources).toContain(signed.subjectHandled ? "api" : "tag");
    const graph = await client.walkGraph(repository, root.digest, { withReferrers: true });
    expect([...graph.nodes.keys()].toSorted()).toEqual(
      [root.digest, one.digest, two.digest, signed.digest].toSorted(),
    );
    expect(graph).toMatchObject({ exceeded: [], missing: [], isCyclic: false });
  });

  it("deletes by digest, and by tag only where the registry can", async () => {
    const repository = `${base}/delete`;
    const { digest } = await pushImage(repository, "v1", "deleted");
    const { tagDeletion } = await client.probe({ repository });
    if (tagDeletion === "by-name") await client.deleteTag(repository, "v1");
    else expect((await failureOf(client.deleteTag(repository, "v1"))).kind).toBe("unsupported");
    expect(await client.findManifestHead(repository, digest)).not.toBeNull();
    await client.deleteManifest(repository, digest);
    expect(await client.findManifestHead(repository, digest)).toBeNull();
    expect(await failureOf(client.deleteManifest(repository, digest))).toMatchObject({
      kind: "not-found",
      status: 404,
    });
  });

  it("says what is not there", async () => {
    expect(await failureOf(client.getManifest(`${base}/none`, "v1"))).toMatchObject({
      kind: "not-found",
      status: 404,
    });
    expect((await failureOf(client.listTags(`${base}/none`))).kind).toBe("not-found");
    expect((await failureOf(client.getBlob(`${base}/image`, digestOf("none")))).kind).toBe("not-found");
    expect(wireRequests).toBeGreaterThan(20);
  });
});
