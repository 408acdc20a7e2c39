import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import type { Db } from "#lib/db/client";
import { HttpError } from "#lib/http/errors";
import {
  listFoldersQuery,
  listRepositoriesQuery,
  listTagHistoryQuery,
  listTagsQuery,
  repositorySorts,
  summariseRepositoriesQuery,
  tagSorts,
} from "#lib/inventory/schema";
import {
  getRepository,
  getRepositoryStorage,
  listRepositories,
  listRepositoryFolders,
  summariseRepositories,
} from "#lib/inventory/service-repositories";
import { listTagHistory, listTags } from "#lib/inventory/service-tags";
import { insertRepositories, refreshRegistryStats } from "#lib/inventory/store-apply-stats";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import {
  createTestContext,
  createTestContextOf,
  seedManifest,
  seedMove,
  seedRegistry,
  seedRepository,
  seedTag,
  useTestDatabase,
} from "#lib/testing/seed-inventory";

const admin = createTestContextOf("admin");
const names = [
  "team/api",
  "team/api-gateway",
  "team/web",
  "team/deep/er",
  "team",
  "teams/x",
  "other/api",
  "base",
  "a_b/c",
  "a1b/c",
];
const times = [
  null,
  new Date("2026-01-01T00:00:00.000Z"),
  new Date("2026-01-01T00:00:00.001Z"),
  new Date("2025-05-05T05:05:05Z"),
];
let database: { db: Db; drop(): Promise<void> };
let main: number;
let second: number;
let viewerOfTeam: Context;

beforeAll(async () => {
  database = await useTestDatabase();
  const { db } = database;
  main = await seedRegistry(db, "main", { protectedPatterns: ["team/*"] });
  second = await seedRegistry(db, "second");
  const gone = await seedRegistry(db, "gone", { disconnectedAt: new Date() });
  for (const [index, name] of names.entries()) {
    await seedRepository(db, main, name, {
      tagCount: index % 3,
      sizeBytes: BigInt(index % 2) * 5_000_000_000_000n,
      lastPushedAt: times[index % times.length],
      lastPulledAt: times[(index + 1) % times.length],
    });
    await seedRepository(db, second, `${name}-2`, { tagCount: 1 });
  }
  await seedRepository(db, main, "left/behind", { missingSince: new Date() });
  await seedRepository(db, gone, "old/thing");
  const team = await db.team.create({ data: { slug: "payments", name: "Payments" } });
  await db.teamPattern.create({ data: { teamId: team.id, registryId: main, pattern: "team/*" } });
  viewerOfTeam = createTestContext([{ role: "viewer", registryId: main, pattern: "team/*" }]);

  const api = await db.repository.findFirstOrThrow({ where: { registryId: main, name: "team/api" } });
  const one = await seedManifest(db, api.id, { one: 1 });
  const two = await seedManifest(db, api.id, { two: 2 }, { kind: "index" });
  await db.manifestChild.createMany({
    data: ["amd64", "arm64"].map((architecture, ordinal) => ({
      parentId: two.id,
      ordinal,
      childDigest: `sha256:${"c".repeat(64)}`,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      sizeBytes: 1n,
      role: "platform",
      os: "linux",
      architecture,
    })),
  });
  for (let index = 0; index < 23; index++) {
    await seedTag(db, api.id, `v1.${index}.0`, index % 4 === 0 ? two : one, {
      totalBytes: BigInt(index % 3) * 7_000_000_000n,
      semverKey: index % 5 === 0 ? "" : `1.${index % 6}`,
      pushedAt: times[1 + (index % 3)] ?? new Date(),
      lastPulledAt: times[index % times.length],
    });
  }
  await seedTag(db, api.id, "100%_done", one);
  await seedTag(db, api.id, `sha256-${"a".repeat(64)}.sig`, one);
  const at = new Date("2026-02-02T02:02:02.000Z");
  await seedMove(db, api.id, "v1.1.0", two.digest, new Date(at.getTime() - 1000));
  await seedMove(db, api.id, "v1.1.0", one.digest, at, { actor: "ci", source: "event" });
  await seedMove(db, api.id, "v1.1.0", two.digest, at);
  await seedMove(db, api.id, "v1.1.0", one.digest, at);
  await seedMove(db, api.id, "dropped", one.digest, at);
  await seedMove(db, api.id, "dropped", one.digest, new Date(at.getTime() + 500), { source: "event" });
  await seedMove(db, api.id, "dropped", null, new Date(at.getTime() + 1000));
});

afterAll(() => database.drop());

const list = (ctx: Context, query: object) => listRepositories(ctx, listRepositoriesQuery.parse(query));
const tags = (query: object, ctx = admin) =>
  listTags(ctx, listTagsQuery.parse({ registry: "main", repository: "team/api", ...query }));

async function walk<T>(page: (cursor?: string) => Promise<{ items: T[]; nextCursor: string | null }>) {
  const all: T[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < 200; count++) {
    const { items, nextCursor } = await page(cursor);
    all.push(...items);
    if (nextCursor === null) return all;
    expect(items.length).toBeGreaterThan(0);
    cursor = nextCursor;
  }
  throw new Error("the pages never end");
}

describe("repositories", () => {
  it("come exactly once over all pages, whatever the sort, with equal and unknown values", async () => {
    for (const field of repositorySorts) {
      for (const sort of [field, `-${field}`]) {
        for (const limit of [1, 3, 7]) {
          const all = await walk((cursor) => list(admin, { sort, limit, cursor }));
          expect(all).toHaveLength(names.length * 2);
          expect(new Set(all.map((item) => `${item.registry}/${item.name}`)).size).toBe(names.length * 2);
          const keys = all.map((item) => item[field] ?? "");
          const ordered = keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          expect(keys).toEqual(sort === field ? ordered : ordered.reverse());
        }
      }
    }
  });

  it("are filtered by part of the name as it is written, by path, by team and by state", async () => {
    const named = async (query: object) =>
      (await list(admin, { registry: "main", ...query })).items.map((item) => item.name);
    expect(await named({ q: "API" })).toEqual(["other/api", "team/api", "team/api-gateway"]);
    expect(await named({ q: "a_b" })).toEqual(["a_b/c"]);
    expect(await named({ q: "%" })).toEqual([]);
    expect(await named({ q: "\\" })).toEqual([]);
    expect(await named({ prefix: "team" })).toEqual([
      "team",
      "team/api",
      "team/api-gateway",
      "team/deep/er",
      "team/web",
    ]);
    expect(await named({ prefix: "team/" })).toEqual([
      "team/api",
      "team/api-gateway",
      "team/deep/er",
      "team/web",
    ]);
    expect(await named({ team: "payments" })).toEqual(["team/api", "team/api-gateway", "team/web"]);
    expect(await named({ team: "nobody-s" })).toEqual([]);
    expect(await named({ state: "missing" })).toEqual(["left/behind"]);
  });

  it("of a disconnected registry are left out until it is asked for, and then marked", async () => {
    expect((await list(admin, { limit: 500 })).items.some((item) => item.registry === "gone")).toBe(false);
    const [item] = (await list(admin, { registry: "gone" })).items;
    expect(item?.disconnectedAt).not.toBeNull();
  });

  it("W2: outside the caller's scope do not exist in lists, counts, folders or by name", async () => {
    const seen = await walk((cursor) => list(viewerOfTeam, { limit: 2, cursor }));
    expect(seen.map((item) => `${item.registry}/${item.name}`)).toEqual([
      "main/team/api",
      "main/team/api-gateway",
      "main/team/web",
    ]);
    expect(seen.every((item) => item.protected)).toBe(true);
    const summary = await summariseRepositories(viewerOfTeam, summariseRepositoriesQuery.parse({}));
    expect(summary).toMatchObject({ repositoryCount: 3 });
    const folders = await listRepositoryFolders(viewerOfTeam, listFoldersQuery.parse({ registry: "main" }));
    expect(folders.items).toEqual([{ path: "team", name: "team", repositoryCount: 3 }]);
    const hidden = await Promise.all(
      ["base", "never/was"].map((repository) =>
        getRepository(viewerOfTeam, { registry: "main", repository }).catch((error: unknown) => error),
      ),
    );
    for (const error of hidden) expect(error).toMatchObject({ status: 404 });
    expect(messageWithout(hidden[0], "base")).toBe(messageWithout(hidden[1], "never/was"));
    await expect(list(viewerOfTeam, { registry: "second" })).rejects.toMatchObject({ status: 404 });
    await expect(list(viewerOfTeam, { registry: "not-there" })).rejects.toMatchObject({ status: 404 });
    await expect(tags({ repository: "base" }, viewerOfTeam)).rejects.toMatchObject({ status: 404 });
  });

  it("have the same tree whether it is kept or counted, over pages", async () => {
    const { db } = database;
    const registry = await seedRegistry(db, "tree");
    const inTree = ["a/b/c", "a/b/d", "a/b", "a-1/x", "a/e", "z", "a0/y/z"];
    await db.$transaction(async (tx) => void (await insertRepositories(tx, registry, inTree)));
    const counting = createTestContext([{ role: "viewer", registryId: registry, pattern: "**" }]);
    for (const parent of ["", "a", "a/b", "a/", "nothing"]) {
      const read = (ctx: Context, limit: number) =>
        walk((cursor) =>
          listRepositoryFolders(ctx, listFoldersQuery.parse({ registry: "tree", parent, limit, cursor })),
        );
      const kept = await read(admin, 1);
      expect(kept).toEqual(await read(counting, 2));
      if (parent === "")
        expect(kept.map((item) => [item.path, item.repositoryCount])).toEqual([
          ["a", 4],
          ["a-1", 1],
          ["a0", 1],
        ]);
    }
  });

  it("W10: no text in a filter or cursor widens the result or breaks the query", async () => {
    const everything = new Set(names);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 30 }),
        fc.constantFrom("q", "prefix", "team", "cursor", "sort"),
        async (text, field) => {
          const parsed = listRepositoriesQuery.safeParse({ registry: "main", [field]: text });
          if (!parsed.success) return;
          try {
            const { items } = await listRepositories(viewerOfTeam, parsed.data);
            for (const item of items)
              expect(everything.has(item.name) && item.name.startsWith("team/")).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(HttpError);
            expect((error as HttpError).status).toBe(400);
          }
        },
      ),
      { numRuns: fuzzRuns(150, 4_000) },
    );
    for (const operator of [
      { q: { contains: "" } },
      { q: ["a", "b"] },
      { registry: { not: "main" } },
      { select: "id" },
      { sort: "id" },
      { sort: "name;--" },
    ])
      expect(listRepositoriesQuery.safeParse(operator).success).toBe(false);
  });

  it("count together what is stored once, and what only one repository holds", async () => {
    const { db } = database;
    const registry = await seedRegistry(db, "counted");
    const [one, two] = [
      await seedRepository(db, registry, "a/one"),
      await seedRepository(db, registry, "a/two"),
    ];
    const blobs = await Promise.all(
      [100n, 30n, 7n].map((sizeBytes, index) =>
        db.blob.create({
          data: {
            registryId: registry,
            digest: `sha256:${String(index).repeat(64)}`,
            sizeBytes,
            mediaType: "x",
          },
        }),
      ),
    );
    const hold = async (repository: bigint, held: number[]) => {
      const manifest = await seedManifest(db, repository, { held });
      for (const [ordinal, index] of held.entries())
        await db.manifestBlob.create({
          data: { manifestId: manifest.id, ordinal, blobId: blobs[index]?.id ?? 0n, role: "layer" },
        });
      return manifest;
    };
    await hold(one, [0, 1]);
    await hold(two, [0, 2]);
    expect(await getRepositoryStorage(admin, { registry: "counted", repository: "a/one" })).toEqual({
      uniqueBytes: 30,
      sharedBytes: 100,
      untaggedManifestCount: 1,
    });
    const onlyOne = createTestContext([{ role: "viewer", registryId: registry, pattern: "a/one" }]);
    expect(await getRepositoryStorage(onlyOne, { registry: "counted", repository: "a/one" })).toMatchObject({
      sharedBytes: 0,
    });
    await refreshRegistryStats(db, registry);
    const summary = await summariseRepositories(
      admin,
      summariseRepositoriesQuery.parse({ registry: "counted" }),
    );
    const part = await summariseRepositories(
      admin,
      summariseRepositoriesQuery.parse({ registry: "counted", prefix: "a/" }),
    );
    expect(part.storedBytes).toBe(summary.storedBytes);
    const manifests = await db.manifest.aggregate({
      where: { repositoryId: { in: [one, two] } },
      _sum: { sizeBytes: true },
    });
    expect(summary.storedBytes).toBe(137 + Number(manifests._sum.sizeBytes));
  });
});

describe("tags", () => {
  it("come exactly once over all pages, whatever the sort", async () => {
    for (const field of tagSorts) {
      for (const sort of [field, `-${field}`]) {
        for (const limit of [1, 4, 500]) {
          const all = await walk((cursor) => tags({ sort, limit, cursor }));
          expect(new Set(all.map((tag) => tag.name)).size).toBe(24);
          expect(all).toHaveLength(24);
        }
      }
    }
  });

  it("are found as they are written, with the platforms of an index, without the bookkeeping of clients", async () => {
    expect((await tags({ q: "%_" })).items.map((tag) => tag.name)).toEqual(["100%_done"]);
    const [index] = (await tags({ q: "V1.4." })).items;
    expect(index).toMatchObject({
      kind: "index",
      platforms: [
        { os: "linux", architecture: "amd64", variant: null },
        { os: "linux", architecture: "arm64", variant: null },
      ],
    });
    expect((await tags({ bookkeeping: "true", limit: 500 })).items).toHaveLength(25);
  });

  it("refuse a cursor of another sort or of another kind with 400", async () => {
    const { nextCursor } = await tags({ limit: 2, sort: "name" });
    const forged = (v: unknown, i = "1") =>
      Buffer.from(JSON.stringify({ s: "-pushedAt", v, i })).toString("base64url");
    for (const cursor of [
      nextCursor ?? "",
      forged("nonsense"),
      forged("2026-99-99T00:00:00.000Z"),
      forged(null),
      forged("-infinity", "x"),
      "%%%",
      forged(["a"]),
    ])
      await expect(tags({ cursor, sort: "-pushedAt" })).rejects.toMatchObject({
        status: 400,
        fields: [{ field: "cursor" }],
      });
  });
});

describe("tag history", () => {
  const history = (query: object) =>
    listTagHistory(admin, listTagHistoryQuery.parse({ registry: "main", repository: "team/api", ...query }));

  it("says from where to where, newest first, over page borders and equal times", async () => {
    const whole = await walk((cursor) => history({ tag: "v1.1.0", limit: 500, cursor }));
    const paged = await walk((cursor) => history({ tag: "v1.1.0", limit: 1, cursor }));
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(4);
    for (const [index, move] of whole.entries())
      expect(move.previousDigest).toBe(whole[index + 1]?.digest ?? null);
    expect(whole[0]).toMatchObject({ current: true, manifestExists: true });
  });

  it("keeps what a deleted tag did", async () => {
    const [gone, before] = (await history({ tag: "dropped" })).items;
    expect(gone).toMatchObject({
      digest: null,
      previousDigest: before?.digest,
      current: false,
      manifestExists: false,
    });
    expect((await history({})).items).toHaveLength(6);
  });

  it("does not take a second push of the same digest for a move", async () => {
    const moves = (await history({ tag: "dropped" })).items;
    expect(moves.map((move) => move.digest === null)).toEqual([true, false]);
    expect(moves.every((move) => move.digest !== move.previousDigest)).toBe(true);
  });
});

function messageWithout(error: unknown, name: string): string {
  return error instanceof Error ? error.message.replace(name, "") : "no error";
}
