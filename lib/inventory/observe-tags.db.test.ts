import { beforeAll, describe, expect, it } from "vitest";
import { insertManifests } from "#lib/inventory/store-apply-manifests";
import { observeTags } from "#lib/inventory/store-apply-tags";
import { claimRun } from "#lib/inventory/store-crawl";
import { startSync } from "#lib/inventory/sync-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
let registryId: number;
const a = `sha256:${"a".repeat(64)}`;
const b = `sha256:${"b".repeat(64)}`;
const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 10, minute));

beforeAll(async () => {
  registryId = await connectTestRegistry("seen", "http://127.0.0.1:1");
});

async function createRepository(name: string): Promise<number> {
  const { id } = await db().repository.create({ data: { registryId, name } });
  const repositoryId = Number(id);
  await insertManifests(
    db(),
    registryId,
    [a, b].map((digest) => ({
      repositoryId,
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: null,
      kind: "image",
      sizeBytes: 100,
      totalBytes: 1_000,
      configDigest: null,
      subjectDigest: null,
      annotations: {},
      body: Buffer.from(digest),
      blobs: [],
      children: [],
    })),
  );
  return repositoryId;
}

async function readHistory(repositoryId: number) {
  const rows = await db().tagMove.findMany({
    where: { repositoryId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  return rows.map((row) => [row.digest, row.at.getUTCMinutes()]);
}

describe("looks at a tag that are written late", () => {
  const look = (repositoryId: number, digest: string | null, minute: number) =>
    db().$transaction((tx) => observeTags(tx, [{ repositoryId, name: "latest", digest, at: at(minute) }]));

  it("tell of one move, first seen at the earlier look", async () => {
    const repositoryId = await createRepository("late");
    await look(repositoryId, a, 20);
    await look(repositoryId, a, 10);
    expect(await readHistory(repositoryId)).toEqual([[a, 10]]);
    const tag = await db().tag.findFirstOrThrow({ where: { repositoryId } });
    expect(tag.pushedAt).toEqual(at(10));
  });

  it("leave a move between the two looks where it is", async () => {
    const repositoryId = await createRepository("between");
    await look(repositoryId, b, 20);
    await look(repositoryId, a, 30);
    await look(repositoryId, a, 10);
    expect(await readHistory(repositoryId)).toEqual([
      [a, 10],
      [b, 20],
      [a, 30],
    ]);
  });

  it("change nothing that is known at their time", async () => {
    const repositoryId = await createRepository("known");
    await look(repositoryId, a, 10);
    await look(repositoryId, b, 30);
    await look(repositoryId, a, 20);
    expect(await readHistory(repositoryId)).toEqual([
      [a, 10],
      [b, 30],
    ]);
  });
});

it("gives each worker that takes a run a number of its own, also when they take it at once", async () => {
  await startSync(testContext, "seen", {});
  const run = await db().syncRun.findFirstOrThrow({ where: { registryId } });
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimRun(Number(run.id))));
  expect(claims.map((claim) => claim?.fence).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
