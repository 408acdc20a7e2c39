import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listReferrersQuery } from "#lib/inventory/schema-artifact";
import { deleteManifest, planDeleteManifest } from "#lib/inventory/service-delete-manifest";
import { deleteTag, planDeleteTag } from "#lib/inventory/service-delete-tag";
import { putBackTag } from "#lib/inventory/service-put-back";
import { listReferrers } from "#lib/inventory/service-referrers";
import type { RegistryClient } from "#lib/oci/client";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { closeRegistryClients } from "#lib/registries/open-client";
import { testRegistry } from "#lib/registries/test-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";
import { pushImage, pushIndex, pushSmallFleet, pushTag } from "#lib/testing/push-content";
import { createTestContextOf } from "#lib/testing/seed-inventory";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { describeMissingPeer, findPeer } from "../../scripts/stack/peers.ts";

const { db } = attachTestDatabase();
const engineer = createTestContextOf("engineer");
const login = { user: "console", password: "only-for-this-test" };

afterAll(closeRegistryClients);

const registries = [
  { peer: "registry3", title: "distribution 3", kind: "distribution", referrers: "fallback" },
  { peer: "zot", title: "zot", kind: "zot", referrers: "api" },
] as const;

describe.each(registries)("another registry:", ({ peer, title, kind, referrers }) => {
  const program = findPeer(peer);

  describe.skipIf(program === null)(program === null ? describeMissingPeer(peer) : title, () => {
    let registry: TestRegistry;
    let client: RegistryClient;

    beforeAll(async () => {
      registry = await startTestRegistry({ program: program ?? "", kind, auth: login });
      client = createTestClient(registry.url, {
        credentials: { kind: "basic", username: login.user, password: login.password },
        timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
      });
      await pushSmallFleet(client, 12);
      await connectTestRegistry(peer, registry.url, {
        credentialKind: "basic",
        username: login.user,
        secret: login.password,
      });
    });
    afterAll(async () => {
      await client.close();
      await registry.stop();
    });

    const open = (repository: string) => ({ registry: peer, repository });
    const readTags = async () =>
      (
        await db().tag.findMany({
          where: { repository: { registry: { slug: peer } } },
          include: { repository: true },
        })
      )
        .map((row) => `${row.repository.name}:${row.name} ${row.digest}`)
        .sort();
    /** What the registry itself says, asked tag by tag. */
    const readTruth = async () => {
      const lines: string[] = [];
      for await (const page of client.listCatalog())
        for (const name of page.repositories)
          for (const tag of (await client.listTags(name)).tags)
            lines.push(`${name}:${tag} ${(await client.getManifest(name, tag)).digest}`);
      return lines.sort();
    };

    it("is found to delete by tag name, and to have or not to have the referrers API", async () => {
      const result = await testRegistry(testContext, peer);
      expect(result).toMatchObject({
        usable: true,
        capabilities: {
          authentication: "basic",
          catalog: "yes",
          referrers,
          deletion: "on",
          tagDeletion: "by-name",
        },
      });
      expect(result.steps.filter((step) => step.state === "failed")).toEqual([]);
    });

    it("is read to exactly what was pushed, and a later sweep asks for no body", async () => {
      expect(await crawlNow(peer)).toMatchObject({
        state: "succeeded",
        error: null,
        incomplete: null,
        repositoriesDone: 12,
      });
      const tags = await readTags();
      expect(tags.filter((line) => /:(?:v1\.0\.0|latest|v1\.1\.0-rc\.1) /.test(line))).toHaveLength(36);
      expect(tags).toEqual(await readTruth());
      const before = await dumpInventory(db(), peer);
      expect(await crawlNow(peer, "sweep")).toMatchObject({ state: "succeeded", manifestsDone: 0 });
      expect(await dumpInventory(db(), peer)).toEqual(before);
    });

    it("P8: loses one tag by its name and keeps its sibling, and the tag is put back", async () => {
      const place = open("solo-1");
      const query = { ...place, tag: "latest" };
      const plan = await planDeleteTag(engineer, query);
      expect(plan).toMatchObject({ way: "by-name", siblings: ["v1.0.0"], freesManifest: false });
      expect(await deleteTag(engineer, query)).toMatchObject({ way: "by-name", siblingsKept: ["v1.0.0"] });
      expect((await client.listTags("solo-1")).tags).not.toContain("latest");
      expect((await client.findManifestHead("solo-1", "v1.0.0"))?.digest).toBe(plan.digest);
      expect(await readTags()).toEqual(await readTruth());

      expect(await putBackTag(engineer, { ...query, digest: plan.digest })).toMatchObject({ moved: true });
      expect((await client.getManifest("solo-1", "latest")).digest).toBe(plan.digest);
      expect(await readTags()).toEqual(await readTruth());
      const moves = await db().tagMove.findMany({
        where: { tagName: "latest", repository: { name: "solo-1", registry: { slug: peer } } },
        orderBy: { id: "asc" },
      });
      expect(moves.map((move) => [move.source, move.digest])).toEqual([
        ["crawl", plan.digest],
        ["console", null],
        ["console", plan.digest],
      ]);
    });

    it("P8: keeps what an index needs, and deletes the index first", async () => {
      const child = await pushImage(client, "parts", null, { layers: ["part"] });
      const index = await pushIndex(client, "parts", "multi", [child]);
      await crawlNow(peer, "sweep");
      const query = { ...open("parts"), reference: child.digest };
      await expect(deleteManifest(engineer, query)).rejects.toMatchObject({ code: "needed-by-index" });
      expect(await client.findManifestHead("parts", child.digest)).not.toBeNull();
      expect(await deleteManifest(engineer, { ...query, reference: index.digest })).toMatchObject({
        tags: ["multi"],
      });
      expect(await deleteManifest(engineer, query)).toMatchObject({ tags: [] });
      expect(await client.findManifestHead("parts", child.digest)).toBeNull();
    });

    it(`shows a referrer found by the ${referrers === "api" ? "referrers API" : "fallback tag"}`, async () => {
      const image = await pushImage(client, "signed", "v1", { layers: ["signed"] });
      await crawlNow(peer, "sweep");
      const artifactType = "application/vnd.dev.cosign.artifact.sig.v1+json";
      const signature = await pushImage(client, "signed", null, {
        layers: ["signature"],
        subject: image,
        artifactType,
      });
      // A client of today writes the fallback tag where the registry does not take note of the subject.
      if (referrers === "fallback")
        await pushIndex(client, "signed", `sha256-${image.digest.slice(7)}`, [signature]);
      const query = listReferrersQuery.parse({ ...open("signed"), digest: image.digest });
      const found = await listReferrers(engineer, query);
      expect(found.referrers.map((one) => one.digest)).toEqual([signature.digest]);
      expect(found.note).toMatch(referrers === "api" ? /the referrers API of/ : /no referrers API/);
      await crawlNow(peer, "sweep");
      expect((await listReferrers(engineer, query)).referrers).toMatchObject([{ kind: "signature" }]);
      const plan = await planDeleteManifest(engineer, { ...open("signed"), reference: image.digest });
      if (referrers === "fallback") expect(plan.referrers).toEqual([signature.digest]);
    });

    it("that forbids deletion is found out, and the tag stands as before", async () => {
      const closed = await startTestRegistry({ program: program ?? "", kind, auth: login, deletes: false });
      const slug = `${peer}-closed`;
      const closedClient = createTestClient(closed.url, {
        credentials: { kind: "basic", username: login.user, password: login.password },
      });
      try {
        const { digest } = await pushImage(closedClient, "kept", "v1", { layers: ["kept"] });
        await pushTag(closedClient, "kept", "stable", digest);
        await connectTestRegistry(slug, closed.url, {
          credentialKind: "basic",
          username: login.user,
          secret: login.password,
        });
        await crawlNow(slug);
        // Distribution forbids it to everybody; zot's policy forbids it to this login.
        const isOff = kind === "distribution";
        const found = await testRegistry(testContext, slug);
        expect(found.capabilities.deletion).toBe(isOff ? "off" : "unknown");
        expect(found.steps.at(-1)?.detail).toMatch(isOff ? /./ : /may not delete/);
        const query = { registry: slug, repository: "kept", tag: "v1" };
        const code = isOff ? "deletion-off" : "registry-denied";
        await expect(deleteTag(engineer, query)).rejects.toMatchObject({ status: 409, code });
        expect((await closedClient.findManifestHead("kept", "v1"))?.digest).toBe(digest);
        expect((await closedClient.listTags("kept")).tags).toEqual(["stable", "v1"]);
      } finally {
        await closedClient.close();
        await closed.stop();
      }
    });

    it("that was away for a moment is read again, and nothing that was known is lost", async () => {
      const before = await dumpInventory(db(), peer);
      await registry.restart();
      expect((await crawlNow(peer)).state).toBe("succeeded");
      expect((await dumpInventory(db(), peer)).length).toBeGreaterThanOrEqual(before.length);
    });
  });
});
