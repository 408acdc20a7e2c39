import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deleteManifest, planDeleteManifest } from "#lib/inventory/service-delete-manifest";
import type { RegistryClient } from "#lib/oci/client";
import { closeRegistryClients, getRegistryClient } from "#lib/registries/open-client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow } from "#lib/testing/connect-test-registry";
import { pushImage, pushTag } from "#lib/testing/push-content";
import { createTestContextOf } from "#lib/testing/seed-inventory";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";

const { db } = attachTestDatabase();
const engineer = createTestContextOf("engineer");
let registry: TestRegistry;
let client: RegistryClient;

beforeAll(async () => {
  registry = await startTestRegistry();
  client = await getRegistryClient(await connectTestRegistry("own", registry.url));
});
afterAll(async () => {
  await closeRegistryClients();
  await registry.stop();
});

const placeOf = (repository: string, reference: string) => ({ registry: "own", repository, reference });
const listAudit = (repository: string) =>
  db().auditEvent.findMany({ where: { repository, action: "manifest.delete" }, orderBy: { id: "asc" } });

describe("deleting a manifest whose tags no crawl has seen", () => {
  it("P8: names a tag that was pushed a moment ago, and takes it along only when it was shown", async () => {
    const { digest } = await pushImage(client, "team/app", "v1", { layers: ["one"] });
    await pushImage(client, "team/app", "other", { layers: ["two"] });
    await crawlNow("own");
    const query = placeOf("team/app", digest);
    const shown = await planDeleteManifest(engineer, query);
    expect(shown).toMatchObject({ tags: ["v1"], tagCount: 1, tagsAsked: true });

    await pushTag(client, "team/app", "fresh", digest);
    for (const tagsFingerprint of [undefined, shown.tagsFingerprint]) {
      const refused = deleteManifest(engineer, { ...query, tagsFingerprint });
      await expect(refused).rejects.toMatchObject({ status: 409, code: "tags-changed" });
      await expect(refused).rejects.toThrow(/Now it has: fresh, v1\./);
    }
    expect(await client.findManifestHead("team/app", digest)).not.toBeNull();
    expect(await listAudit("team/app")).toEqual([]);

    const again = await planDeleteManifest(engineer, query);
    expect(again.tags).toEqual(["fresh", "v1"]);
    const { tagsFingerprint } = again;
    expect(await deleteManifest(engineer, { ...query, tagsFingerprint })).toMatchObject({
      tags: ["fresh", "v1"],
    });
    expect(await client.findManifestHead("team/app", "fresh")).toBeNull();
    expect(await client.findManifestHead("team/app", "other")).not.toBeNull();
    const moves = await db().tagMove.findMany({ where: { tagName: "fresh" }, orderBy: { at: "asc" } });
    expect(moves.map((move) => move.digest)).toEqual([digest, null]);
    const [intent, done] = await listAudit("team/app");
    expect(intent?.before).toMatchObject({ tags: ["fresh", "v1"], tagCount: 2 });
    expect(done?.outcome).toBe("succeeded");
  });

  it("P8: leaves a tag that was moved away a moment ago", async () => {
    const { digest } = await pushImage(client, "team/moved", "v1", { layers: ["one"] });
    await crawlNow("own");
    const moved = await pushImage(client, "team/moved", "v1", { layers: ["two"] });
    const query = placeOf("team/moved", digest);
    const { tags, tagsFingerprint } = await planDeleteManifest(engineer, query);
    expect(tags).toEqual([]);
    expect(await deleteManifest(engineer, { ...query, tagsFingerprint })).toMatchObject({ tags: [] });
    expect((await client.findManifestHead("team/moved", "v1"))?.digest).toBe(moved.digest);
  });

  it("shows the tags of the last look when the registry is away, and says so", async () => {
    const { digest } = await pushImage(client, "team/away", "v1", { layers: ["away"] });
    await crawlNow("own");
    await registry.stop();
    const plan = await planDeleteManifest(engineer, placeOf("team/away", digest));
    expect(plan).toMatchObject({ tags: ["v1"], tagsAsked: false });
    const refused = deleteManifest(engineer, placeOf("team/away", digest));
    await expect(refused).rejects.toMatchObject({ status: 503 });
  });
});
