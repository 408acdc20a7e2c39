import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getRawConfigRoute, getRawManifestRoute } from "#lib/inventory/routes";
import { getManifestQuery, getRawManifestQuery } from "#lib/inventory/schema-artifact";
import { digestOf } from "#lib/oci/digest";
import { closeRegistryClients, getRegistryClient } from "#lib/registries/open-client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import { type Pushed, pushImage, pushIndex } from "#lib/testing/push-content";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";

attachTestDatabase();
let registry: TestRegistry;
let arm: Pushed;
let index: Pushed;
const place = { registry: "raw", repository: "team/app" };

beforeAll(async () => {
  registry = await startTestRegistry();
  const client = await getRegistryClient(await connectTestRegistry("raw", registry.url));
  const amd = await pushImage(client, place.repository, "single", { layers: ["base", "app"] });
  arm = await pushImage(client, place.repository, null, { layers: ["base", "app"], architecture: "arm64" });
  index = await pushIndex(client, place.repository, "v1", [amd, { ...arm, architecture: "arm64" }]);
  await crawlNow("raw");
});
afterAll(async () => {
  await closeRegistryClients();
  await registry.stop();
});

const request = new Request("http://localhost/");
const common = { ctx: testContext, request, params: undefined, body: undefined };

async function readManifest(reference: string): Promise<Response> {
  const query = getRawManifestQuery.parse({ ...place, reference });
  return (await getRawManifestRoute.handler({ ...common, query })) as Response;
}

async function readConfig(reference: string, platform?: string): Promise<Response> {
  const query = getManifestQuery.parse({ ...place, reference, platform });
  return (await getRawConfigRoute.handler({ ...common, query })) as Response;
}

describe("raw bytes over a real registry", () => {
  it("a manifest is what its digest names, by tag and by digest", async () => {
    for (const reference of ["v1", index.digest]) {
      const answer = await readManifest(reference);
      expect(digestOf(new Uint8Array(await answer.arrayBuffer()))).toBe(index.digest);
      expect(answer.headers.get("docker-content-digest")).toBe(index.digest);
    }
  });

  it("a config is what its digest names, of an image and of each platform of an index", async () => {
    const digests = new Set<string>();
    const answers = [
      readConfig("single"),
      readConfig("v1"),
      readConfig("v1", "linux/arm64"),
      readConfig(arm.digest),
    ];
    for (const answer of await Promise.all(answers)) {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect(digestOf(bytes)).toBe(answer.headers.get("docker-content-digest"));
      digests.add(digestOf(bytes));
    }
    expect(digests.size).toBe(2);
  });

  it("X2, X6: it is saved under a name made of the digest, and never opened as a page", async () => {
    for (const answer of [await readManifest("v1"), await readConfig("single")]) {
      expect(answer.headers.get("content-type")).toBe("application/octet-stream");
      expect(answer.headers.get("content-disposition")).toMatch(
        /^attachment; filename="(manifest|config)-sha256-[0-9a-f]{64}\.json"$/,
      );
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("content-security-policy")).toContain("sandbox");
    }
  });

  it("what is not there is not found", async () => {
    await expect(readManifest("v2")).rejects.toMatchObject({ status: 404 });
    await expect(readConfig("v1", "linux/s390x")).rejects.toMatchObject({ status: 404 });
  });
});
