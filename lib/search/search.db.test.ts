import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "#lib/auth/context";
import { HttpError } from "#lib/http/errors";
import { resolveImagePath } from "#lib/inventory/resolve-reference";
import { findDigestQuery, searchQuery } from "#lib/search/schema";
import { findDigestPlaces, search } from "#lib/search/service";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import {
  createTestContext,
  createTestContextOf,
  type SeededManifest,
  seedManifest,
  seedRegistry,
  seedRepository,
  seedTag,
  useTestDatabase,
} from "#lib/testing/seed-inventory";

const admin = createTestContextOf("admin");
let database: Awaited<ReturnType<typeof useTestDatabase>>;
let teamOnly: Context;
let shared: SeededManifest;
let secret: SeededManifest;

beforeAll(async () => {
  database = await useTestDatabase();
  const { db } = database;
  const main = await seedRegistry(db, "main", { url: "http://localhost:5000" });
  const other = await seedRegistry(db, "other", { url: "https://registry.example.com" });
  for (const name of ["team/api", "team/api-gateway", "tools/team-api", "deadbeef", "100_percent"])
    await seedRepository(db, main, name);
  const api = await db.repository.findFirstOrThrow({ where: { name: "team/api" } });
  const copy = await seedRepository(db, other, "secret/api");
  shared = await seedManifest(db, api.id, { shared: true });
  await seedManifest(db, copy, { shared: true });
  secret = await seedManifest(db, copy, { secret: true });
  await seedTag(db, api.id, "v1.4", shared);
  await seedTag(db, api.id, "v1.4-rc1", shared);
  await seedTag(db, copy, "hidden-tag", secret);
  const blob = await db.blob.create({
    data: { registryId: other, digest: `sha256:${"b".repeat(64)}`, sizeBytes: 1n, mediaType: "layer" },
  });
  await db.manifestBlob.create({
    data: { manifestId: secret.id, ordinal: 0, blobId: blob.id, role: "layer" },
  });
  teamOnly = createTestContext([{ role: "viewer", registryId: main, pattern: "team/*" }]);
});

afterAll(() => database.drop());

const find = (q: string, ctx = admin) => search(ctx, searchQuery.parse({ q }));
const labels = async (q: string, ctx = admin) => (await find(q, ctx)).items.map((hit) => hit.label);
const places = (digest: string, ctx = admin, more: object = {}) =>
  findDigestPlaces(ctx, findDigestQuery.parse({ digest, ...more }));

describe("search", () => {
  it("puts the whole name before its last part, a beginning and the middle", async () => {
    expect(await labels("team/api")).toEqual(["team/api", "team/api-gateway"]);
    expect((await labels("api")).slice(0, 2)).toEqual(["team/api", "secret/api"]);
    expect(await labels("API-gate")).toEqual(["team/api-gateway"]);
    expect(await labels("0_p")).toEqual(["100_percent"]);
    expect(await find("   ")).toEqual({ items: [], readAs: "empty", more: false });
  });

  it("reads a pasted reference by slug or by host, and a name with the beginning of a tag", async () => {
    for (const text of [
      "main/team/api:v1.4",
      "localhost:5000/team/api:v1.4",
      "docker://localhost:5000/team/api:v1.4",
    ])
      expect((await find(text)).items[0]).toMatchObject({ type: "tag", href: "/images/main/team/api:v1.4" });
    expect(await labels("team/api:v1")).toContain("team/api:v1.4-rc1");
    expect((await find(`localhost:5000/team/api@${shared.digest}`)).items[0]).toMatchObject({
      type: "digest",
      registry: "main",
    });
    expect((await find("registry.example.com")).items[0]).toMatchObject({
      type: "registry",
      registry: "other",
    });
  });

  it("finds a digest by its beginning, with and without the algorithm", async () => {
    const hex = secret.digest.slice(7);
    for (const text of [secret.digest, secret.digest.slice(0, 20), hex, hex.slice(0, 8).toUpperCase()])
      expect((await find(text)).items[0]).toMatchObject({
        type: "digest",
        digest: secret.digest,
        registry: "other",
      });
    expect(await labels("deadbeef")).toEqual(["deadbeef"]);
  });

  it("W2: finds nothing outside the caller's scope", async () => {
    for (const text of [
      "secret",
      "hidden-tag",
      secret.digest,
      "other",
      "registry.example.com/secret/api:hidden-tag",
      "tools",
      "main/tools/team-api",
    ])
      expect(
        (await find(text, teamOnly)).items.filter(
          (hit) => hit.registry !== "main" || !hit.repository?.startsWith("team/"),
        ),
      ).toEqual([]);
    expect((await places(secret.digest, teamOnly)).items).toEqual([]);
    expect(await resolveImagePath(teamOnly, ["registry.example.com", "secret", "api"])).toBeNull();
    expect(await resolveImagePath(admin, ["localhost%3A5000", "team", "api%3Av1"])).toMatchObject({
      href: "/images/main/team/api:v1",
    });
  });

  it("W10, X5: any text is an answer or a clear refusal, quickly, and never a wider one", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.stringMatching(/^[a-z/:@%_.-]{1,40}$/)),
        async (q) => {
          const parsed = searchQuery.safeParse({ q });
          if (!parsed.success) return;
          try {
            for (const hit of (await search(teamOnly, parsed.data)).items)
              expect(
                hit.registry === "main" && (hit.repository === null || hit.repository.startsWith("team/")),
              ).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(HttpError);
          }
        },
      ),
      { numRuns: fuzzRuns(200, 4_000) },
    );
  });
});

describe("where a digest is", () => {
  it("lists every repository that holds the manifest, each once over pages, with its tags", async () => {
    const first = await places(shared.digest, admin, { limit: 1 });
    expect(first.items).toMatchObject([
      { registry: "main", repository: "team/api", tagCount: 2, as: "manifest" },
    ]);
    const second = await places(shared.digest, admin, { limit: 1, cursor: first.nextCursor });
    expect(second).toMatchObject({
      items: [{ registry: "other", repository: "secret/api", tags: [] }],
      nextCursor: null,
    });
    expect((await places(shared.digest, teamOnly)).items).toHaveLength(1);
  });

  it("lists who holds a layer", async () => {
    expect((await places(`sha256:${"b".repeat(64)}`)).items).toMatchObject([
      { repository: "secret/api", tags: ["hidden-tag"], as: "blob" },
    ]);
    expect((await places(`sha256:${"b".repeat(64)}`, teamOnly)).items).toEqual([]);
  });
});
