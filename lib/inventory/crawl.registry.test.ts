import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCrawl } from "#lib/inventory/run-crawl";
import { startSync } from "#lib/inventory/sync-service";
import type { RegistryClient } from "#lib/oci/client";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";
import { pushImage, pushSmallFleet, pushTag } from "#lib/testing/push-content";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";

const { db } = attachTestDatabase();
let registry: TestRegistry;
let client: RegistryClient;

beforeAll(async () => {
  registry = await startTestRegistry();
  client = createTestClient(registry.url, {
    timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
  });
  await pushSmallFleet(client, 12);
  await connectTestRegistry("real", registry.url);
});
afterAll(async () => {
  await client.close();
  await registry.stop();
});

/** What the registry itself says, asked tag by tag. */
async function readTruth(): Promise<string[]> {
  const lines: string[] = [];
  for await (const page of client.listCatalog())
    for (const name of page.repositories)
      for (const tag of (await client.listTags(name)).tags)
        lines.push(`${name}:${tag} ${(await client.getManifest(name, tag)).digest}`);
  return lines.sort();
}

async function readTags(): Promise<string[]> {
  const rows = await db().tag.findMany({ include: { repository: true } });
  return rows.map((row) => `${row.repository.name}:${row.name} ${row.digest}`).sort();
}

/** Rows of the inventory with the transaction that wrote them last. */
async function readVersions(): Promise<string[]> {
  const rows = await db().$queryRaw<{ line: string }[]>`
    SELECT 'tag ' || id || ' ' || xmin AS line FROM tag UNION ALL
    SELECT 'move ' || id || ' ' || xmin FROM tag_move UNION ALL
    SELECT 'manifest ' || id || ' ' || xmin FROM manifest UNION ALL
    SELECT 'blob ' || id || ' ' || xmin FROM blob UNION ALL
    SELECT 'repository ' || id || ' ' || xmin FROM repository UNION ALL
    SELECT 'folder ' || path || ' ' || xmin FROM repository_folder ORDER BY 1`;
  return rows.map((row) => row.line);
}

describe("crawl of a real registry", () => {
  it("holds every tag as the registry tells it, with platforms, sizes and configs", async () => {
    const run = await crawlNow("real");
    expect(run).toMatchObject({ state: "succeeded", incomplete: null, error: null, repositoriesDone: 12 });
    expect(await readTags()).toEqual(await readTruth());
    const index = await db().tag.findFirstOrThrow({
      where: { name: "v1.0.0", repository: { name: "solo-1" } },
      include: { manifest: { include: { children: true } } },
    });
    expect(index.manifest.kind).toBe("index");
    expect(index.manifest.children.map((child) => child.architecture)).toEqual(["amd64", "arm64"]);
    const platforms = await db().manifest.findMany({
      where: {
        repository: { name: "solo-1" },
        digest: { in: index.manifest.children.map((c) => c.childDigest) },
      },
      include: { blobs: { include: { blob: true } } },
    });
    const blobs = new Map(platforms.flatMap((m) => m.blobs.map(({ blob }) => [blob.digest, blob.sizeBytes])));
    expect(index.totalBytes).toBe([...blobs.values()].reduce((sum, bytes) => sum + bytes, 0n));
    expect(platforms.map((row) => row.architecture).sort()).toEqual(["amd64", "arm64"]);
    expect(platforms[0]?.builtAt?.toISOString()).toBe("2026-03-01T12:00:00.000Z");
    const signature = await db().manifest.findFirstOrThrow({
      where: { repository: { name: "team-0/app-0" }, kind: "signature" },
    });
    expect(signature.subjectDigest).toMatch(/^sha256:/);
  });

  it("marks moves that nobody saw as seen, not happened", async () => {
    const moves = await db().tagMove.findMany({ where: { repository: { name: "solo-1" } } });
    expect(moves.map((move) => [move.source, move.atSeen])).toEqual(moves.map(() => ["crawl", true]));
  });

  it("sweeps with no body asked for and no row of the inventory written", async () => {
    const before = await readVersions();
    const run = await crawlNow("real", "sweep");
    expect(run.state).toBe("succeeded");
    expect(run.manifestsDone).toBe(0);
    // A tag list a repository, a HEAD a tag, and a few pages sizes of the catalogue that the registry refuses.
    const least = 1 + 12 + (await db().tag.count());
    expect(run.requests).toBeGreaterThanOrEqual(least);
    expect(run.requests).toBeLessThanOrEqual(least + 4);
    expect(await readVersions()).toEqual(before);
  });

  it("finds moved, new and deleted tags and keeps the history of each", async () => {
    const moved = await pushImage(client, "solo-1", "latest", { layers: ["base", "moved"] });
    await pushImage(client, "solo-2", "v2.0.0", { layers: ["base", "two"] });
    const gone = await client.getManifest("solo-4", "v1.1.0-rc.1");
    await client.deleteManifest("solo-4", gone.digest);
    const run = await crawlNow("real", "sweep");
    expect(run.state).toBe("succeeded");
    expect(await readTags()).toEqual(await readTruth());
    const history = await db().tagMove.findMany({
      where: { repository: { name: "solo-1" }, tagName: "latest" },
      orderBy: { id: "asc" },
    });
    expect(history).toHaveLength(2);
    expect(history[1]?.digest).toBe(moved.digest);
    const deleted = await db().tagMove.findMany({
      where: { repository: { name: "solo-4" }, tagName: "v1.1.0-rc.1" },
      orderBy: { id: "asc" },
    });
    expect(deleted.map((move) => move.digest)).toEqual([gone.digest, null]);
  });

  it("moves a tag back to a known manifest without asking for its body", async () => {
    const { digest } = await client.getManifest("solo-1", "v1.0.0");
    await pushTag(client, "solo-1", "latest", digest);
    const run = await crawlNow("real", "sweep");
    expect(run.manifestsDone).toBe(0);
    expect(await readTags()).toEqual(await readTruth());
  });

  it("ends like a clean crawl, row by row, when two workers take the same run", async () => {
    await connectTestRegistry("twice", registry.url.replace("localhost", "127.0.0.1"));
    await connectTestRegistry("once", registry.url);
    await startSync(testContext, "twice", {});
    const run = await db().syncRun.findFirstOrThrow({ where: { registry: { slug: "twice" } } });
    const signal = new AbortController().signal;
    await Promise.all([runCrawl(Number(run.id), signal), runCrawl(Number(run.id), signal)]);
    const ended = await db().syncRun.findUniqueOrThrow({ where: { id: run.id } });
    expect(ended).toMatchObject({ state: "succeeded", fence: 2 });
    await crawlNow("once");
    expect(await dumpInventory(db(), "twice")).toEqual(await dumpInventory(db(), "once"));
  });
});
