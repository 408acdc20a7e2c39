import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#lib/oci/digest";
import { ociImageConfig, ociImageIndex, ociImageManifest } from "#lib/oci/media-types";
import type { RecordedRequest, Script, ScriptedServer } from "#lib/oci/testing/hostile-registry";
import { sendJson, startHostileRegistry } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow } from "#lib/testing/connect-test-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";

const { db } = attachTestDatabase();
const config = Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64" }));
let current: Script = () => undefined;
let server: ScriptedServer;
let lastSlug = 0;
let slug = "";

/** A registry in memory whose answers a test bends. */
class Fake {
  readonly repositories = new Map<string, Map<string, Buffer>>();

  add(repository: string, tag: string, annotations: Record<string, string> = {}): string {
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: ociImageManifest,
        config: { mediaType: ociImageConfig, digest: digestOf(config), size: config.byteLength },
        layers: [],
        annotations: { name: `${repository}:${tag}`, ...annotations },
      }),
    );
    this.put(repository, tag, manifest);
    return digestOf(manifest);
  }

  put(repository: string, tag: string, manifest: Buffer): void {
    const tags = this.repositories.get(repository) ?? new Map<string, Buffer>();
    this.repositories.set(repository, tags.set(tag, manifest));
  }

  readonly script: Script = ({ method, path }, response) => {
    if (path === "/v2/") return sendJson(response, 200, {});
    if (path.startsWith("/v2/_catalog"))
      return sendJson(response, 200, { repositories: [...this.repositories.keys()] });
    const match = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^?]+)/.exec(path);
    const tags = this.repositories.get(match?.[1] ?? "");
    if (!match || !tags) return sendJson(response, 404, { errors: [{ code: "NAME_UNKNOWN" }] });
    if (match[2] === "tags") return sendJson(response, 200, { name: match[1], tags: [...tags.keys()] });
    if (match[2] === "blobs") return void response.writeHead(200).end(config);
    const reference = match[3] ?? "";
    const body = tags.get(reference) ?? [...tags.values()].find((bytes) => digestOf(bytes) === reference);
    if (!body) return sendJson(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN" }] });
    const mediaType = String(JSON.parse(body.toString()).mediaType);
    response.writeHead(200, {
      "content-type": mediaType,
      "docker-content-digest": digestOf(body),
      "content-length": body.byteLength,
    });
    response.end(method === "HEAD" ? undefined : body);
  };
}

beforeAll(async () => {
  server = await startHostileRegistry((request, response) => current(request, response));
  return () => server.close();
});
afterEach(() => {
  current = () => undefined;
});

async function connect(fake: Fake): Promise<void> {
  current = fake.script;
  slug = `hostile-${++lastSlug}`;
  await connectTestRegistry(slug, server.origin);
}

/** Answers some requests in its own way, and the rest as before. */
function bend(fake: Fake, wanted: (request: RecordedRequest) => boolean, script: Script): void {
  current = (request, response) =>
    wanted(request) ? script(request, response) : fake.script(request, response);
}

const listTags = async () =>
  (await db().tag.findMany({ where: { repository: { registry: { slug } } }, include: { repository: true } }))
    .map((tag) => `${tag.repository.name}:${tag.name}`)
    .sort();
const findRegistry = () => db().registry.findUniqueOrThrow({ where: { slug } });

function createFake(): Fake {
  const fake = new Fake();
  for (const name of ["a/one", "a/two", "b"]) for (const tag of ["v1", "v2"]) fake.add(name, tag);
  return fake;
}

describe("crawling a registry that fails or lies", () => {
  it.each<[string, Script]>([
    ["answers 500", (_request, response) => sendJson(response, 500, { errors: [] })],
    [
      "answers with a web page",
      (_request, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    ],
    [
      "answers 404 with a web page",
      (_request, response) => void response.writeHead(404, { "content-type": "text/html" }).end("<html>"),
    ],
    ["breaks the connection", (_request, response) => void response.destroy()],
    [
      "wants credentials",
      (_request, response) => void response.writeHead(401, { "www-authenticate": "Basic" }).end(),
    ],
  ])(
    "P9: keeps everything known when it %s",
    async (_what, script) => {
      const fake = createFake();
      await connect(fake);
      await crawlNow(slug);
      const before = await dumpInventory(db(), slug);
      const { lastSyncedAt } = await findRegistry();
      current = script;
      const run = await crawlNow(slug, "sweep");
      const row = await findRegistry();
      expect(run.state === "failed" || run.incomplete !== null).toBe(true);
      if (run.state === "failed") expect([row.state, row.stateDetail]).toEqual(["failing", run.error]);
      expect(await dumpInventory(db(), slug)).toEqual(before);
      expect(row.lastSyncedAt).toEqual(lastSyncedAt);
      // It heals by itself.
      current = fake.script;
      expect((await crawlNow(slug, "sweep")).state).toBe("succeeded");
      expect((await findRegistry()).state).toBe("ok");
    },
    60_000,
  );

  it("P9: a catalogue that leaves a repository out takes nothing away", async () => {
    const fake = createFake();
    await connect(fake);
    await crawlNow(slug);
    const before = await dumpInventory(db(), slug);
    bend(
      fake,
      ({ path }) => path.startsWith("/v2/_catalog"),
      (_request, response) => sendJson(response, 200, { repositories: ["b"] }),
    );
    await crawlNow(slug);
    expect(await dumpInventory(db(), slug)).toEqual(before);
  });

  it("a repository is gone only on the registry's own word, keeps its history, and may return", async () => {
    const fake = createFake();
    await connect(fake);
    await crawlNow(slug);
    const tags = fake.repositories.get("b") ?? new Map();
    fake.repositories.delete("b");
    await crawlNow(slug, "sweep");
    const gone = await db().repository.findFirstOrThrow({ where: { name: "b", registry: { slug } } });
    expect([gone.missingSince !== null, gone.tagCount]).toEqual([true, 0]);
    expect(await db().tagMove.count({ where: { repositoryId: gone.id } })).toBe(4);
    expect((await findRegistry()).repositoryCount).toBe(2);
    fake.repositories.set("b", tags);
    await crawlNow(slug, "sweep");
    expect(await listTags()).toContain("b:v1");
    expect((await findRegistry()).repositoryCount).toBe(3);
  });

  it("O5: a tag list without end is marked incomplete and deletes nothing", async () => {
    const fake = createFake();
    await connect(fake);
    await crawlNow(slug);
    bend(
      fake,
      ({ path }) => path.startsWith("/v2/b/tags/list"),
      ({ path }, response) =>
        sendJson(response, 200, { name: "b", tags: ["v1"] }, { link: `<${path}>; rel="next"` }),
    );
    const run = await crawlNow(slug, "sweep");
    expect(run.incomplete).toContain("not whole");
    expect(await listTags()).toContain("b:v2");
  });

  it("R1: a body that is not what its digest says is refused; the tag keeps what was known", async () => {
    const fake = createFake();
    const known = fake.add("b", "v1");
    await connect(fake);
    await crawlNow(slug);
    bend(
      fake,
      ({ path }) => path === "/v2/b/manifests/v1",
      ({ method }, response) => {
        response.writeHead(200, {
          "content-type": ociImageManifest,
          "docker-content-digest": `sha256:${"9".repeat(64)}`,
        });
        response.end(method === "HEAD" ? undefined : '{"schemaVersion":2,"mediaType":"x"}');
      },
    );
    const run = await crawlNow(slug, "sweep");
    expect(run).toMatchObject({ state: "succeeded" });
    expect(run.incomplete).toContain("v1");
    const tag = await db().tag.findFirstOrThrow({
      where: { name: "v1", repository: { name: "b", registry: { slug } } },
    });
    expect(tag.digest).toBe(known);
  });

  it("R4 R5: a manifest of 50 MB, one of Docker schema 1 and an index over nothing harm only themselves", async () => {
    const fake = createFake();
    fake.put(
      "b",
      "old",
      Buffer.from(
        JSON.stringify({
          schemaVersion: 1,
          mediaType: "application/vnd.docker.distribution.manifest.v1+json",
        }),
      ),
    );
    fake.put(
      "b",
      "sparse",
      Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: ociImageIndex,
          manifests: [{ mediaType: ociImageManifest, digest: `sha256:${"7".repeat(64)}`, size: 5 }],
        }),
      ),
    );
    fake.add("b", "large");
    await connect(fake);
    bend(
      fake,
      ({ path }) => path === "/v2/b/manifests/large",
      (_request, response) => {
        response.writeHead(200, { "content-type": ociImageManifest });
        response.write(Buffer.alloc(8 * 1024 * 1024, 0x20));
        response.end();
      },
    );
    const run = await crawlNow(slug);
    expect(run.state).toBe("succeeded");
    expect(run.incomplete).toContain("more");
    expect(await listTags()).toEqual([
      "a/one:v1",
      "a/one:v2",
      "a/two:v1",
      "a/two:v2",
      "b:sparse",
      "b:v1",
      "b:v2",
    ]);
  });

  it("hostile text in names and annotations is stored as it is", async () => {
    const fake = createFake();
    fake.add("b", "evil", { "<script>": "\u0000'; DROP TABLE tag; -- \u202e" });
    await connect(fake);
    expect((await crawlNow(slug)).incomplete).toBeNull();
    const tag = await db().tag.findFirstOrThrow({ where: { name: "evil" }, include: { manifest: true } });
    expect(JSON.stringify(tag.manifest.annotations)).toContain("DROP TABLE");
  });

  it("one registry that is down leaves another one's crawl and state alone", async () => {
    const fake = createFake();
    await connect(fake);
    const healthy = slug;
    await connectTestRegistry("down", "http://127.0.0.1:1");
    const [run, down] = await Promise.all([crawlNow(healthy), crawlNow("down")]);
    expect([run.state, down.state]).toEqual(["succeeded", "failed"]);
    const rows = await db().registry.findMany({
      where: { slug: { in: [healthy, "down"] } },
      orderBy: { slug: "asc" },
    });
    expect(rows.map((row) => row.state)).toEqual(["failing", "ok"]);
    expect(down.error).toMatch(/refuses the connection/);
  }, 60_000);
});
