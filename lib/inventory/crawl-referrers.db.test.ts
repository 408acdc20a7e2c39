import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#lib/oci/digest";
import { ociImageConfig, ociImageIndex, ociImageManifest } from "#lib/oci/media-types";
import { type ScriptedServer, sendJson, startHostileRegistry } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
const config = Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64" }));
const signatureType = "application/vnd.dev.cosign.artifact.sig.v1+json";
const repository = "team/app";
/** By digest; tags lead to digests; referrers have no tag at all, as where a registry has the API. */
let manifests = new Map<string, Buffer>();
let tags = new Map<string, string>();
let hasApi = true;
let server: ScriptedServer;
let slug = "";
let number = 0;

function add(words: string, more: { tag?: string; subject?: string } = {}): string {
  const subject = more.subject === undefined ? undefined : manifests.get(more.subject);
  const body = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociImageManifest,
      ...(subject ? { artifactType: signatureType } : {}),
      config: { mediaType: ociImageConfig, digest: digestOf(config), size: config.byteLength },
      layers: [],
      annotations: { words },
      ...(subject
        ? { subject: { mediaType: ociImageManifest, digest: more.subject, size: subject.byteLength } }
        : {}),
    }),
  );
  const digest = digestOf(body);
  manifests.set(digest, body);
  if (more.tag) tags.set(more.tag, digest);
  return digest;
}

function listReferrersOf(digest: string) {
  return [...manifests].flatMap(([referrer, body]) =>
    JSON.parse(body.toString()).subject?.digest === digest
      ? [
          {
            mediaType: ociImageManifest,
            digest: referrer,
            size: body.byteLength,
            artifactType: signatureType,
          },
        ]
      : [],
  );
}

beforeAll(async () => {
  server = await startHostileRegistry(({ method, path }, response) => {
    if (path === "/v2/") return sendJson(response, 200, {});
    if (path.startsWith("/v2/_catalog")) return sendJson(response, 200, { repositories: [repository] });
    const [kind = "", reference = ""] = path.slice(`/v2/${repository}/`.length).split(/[/?]/);
    if (kind === "tags") return sendJson(response, 200, { name: repository, tags: [...tags.keys()] });
    if (kind === "blobs") return void response.writeHead(200).end(config);
    if (kind === "referrers" && hasApi)
      return sendJson(
        response,
        200,
        { schemaVersion: 2, mediaType: ociImageIndex, manifests: listReferrersOf(reference) },
        { "content-type": ociImageIndex },
      );
    if (kind === "referrers") return void response.writeHead(404).end("404 page not found\n");
    const digest = tags.get(reference) ?? reference;
    const body = manifests.get(digest);
    if (!body) return sendJson(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN" }] });
    response.writeHead(200, {
      "content-type": ociImageManifest,
      "docker-content-digest": digest,
      "content-length": body.byteLength,
    });
    response.end(method === "HEAD" ? undefined : body);
  });
  return () => server.close();
});

beforeEach(async () => {
  manifests = new Map();
  tags = new Map();
  hasApi = true;
  slug = `refers-${++number}`;
  await connectTestRegistry(slug, server.origin);
});

const listStored = async () =>
  (
    await db().manifest.findMany({
      where: { repository: { registry: { slug } }, subjectDigest: { not: null }, deletedAt: null },
    })
  )
    .map((row) => row.digest)
    .sort();
const countQuestions = () => server.requests.filter(({ path }) => path.includes("/referrers/")).length;

describe("what refers to a manifest, on a registry with the referrers API", () => {
  it("is read by a crawl although no tag leads to it, and what refers to that too", async () => {
    const image = add("app", { tag: "v1" });
    const signature = add("signature", { subject: image });
    const countersigned = add("signature of the signature", { subject: signature });
    expect(await crawlNow(slug)).toMatchObject({ state: "succeeded", incomplete: null });
    expect(await listStored()).toEqual([signature, countersigned].sort());
  });

  it("that came later is found by the next full run; a sweep asks only about what is new", async () => {
    const image = add("app", { tag: "v1" });
    await crawlNow(slug);
    const late = add("late", { subject: image });
    server.requests.length = 0;
    await crawlNow(slug, "sweep");
    expect(countQuestions()).toBe(0);
    expect(await listStored()).toEqual([]);
    const second = add("second", { tag: "v2" });
    const early = add("early", { subject: second });
    await crawlNow(slug, "sweep");
    expect(await listStored()).toEqual([early]);
    await crawlNow(slug);
    expect(await listStored()).toEqual([early, late].sort());
  });

  it("costs one question where there is no such API, and none once that is known", async () => {
    hasApi = false;
    for (const tag of ["v1", "v2", "v3"]) add(tag, { tag });
    server.requests.length = 0;
    expect(await crawlNow(slug)).toMatchObject({ state: "succeeded", incomplete: null });
    // Tests of what a registry can do follow the first run, and ask once themselves.
    expect(countQuestions()).toBeLessThanOrEqual(2);
    const registry = await db().registry.findUniqueOrThrow({ where: { slug } });
    expect(registry.capabilities).toMatchObject({ referrers: "fallback" });
    server.requests.length = 0;
    await crawlNow(slug);
    expect(countQuestions()).toBe(0);
  });

  it("that cannot be read is said, and everything else stands", async () => {
    const image = add("app", { tag: "v1" });
    const signature = add("signature", { subject: image });
    manifests.set(signature, Buffer.concat([manifests.get(signature) ?? Buffer.alloc(0), Buffer.from(" ")]));
    const run = await crawlNow(slug);
    expect(run).toMatchObject({ state: "succeeded", incomplete: expect.stringContaining("What refers to") });
    expect(await listStored()).toEqual([]);
    expect(await db().tag.count({ where: { repository: { registry: { slug } } } })).toBe(1);
  });
});
