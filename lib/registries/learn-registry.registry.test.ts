import { afterAll, beforeAll, expect, it } from "vitest";
import type { RegistryClient } from "#lib/oci/client";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow } from "#lib/testing/connect-test-registry";
import { pushImage } from "#lib/testing/push-content";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";

const { db } = attachTestDatabase();
let registry: TestRegistry;
let client: RegistryClient;

beforeAll(async () => {
  registry = await startTestRegistry();
  client = createTestClient(registry.url);
});
afterAll(async () => {
  await client.close();
  await registry.stop();
});

async function readCapabilities() {
  const { capabilities } = await db().registry.findUniqueOrThrow({ where: { slug: "empty" } });
  return capabilities;
}

it("learns what a registry that was empty at first can do, once there is something to try with", async () => {
  await connectTestRegistry("empty", registry.url);
  await crawlNow("empty");
  expect(await readCapabilities()).toMatchObject({ referrers: "unknown", tagDeletion: "unknown" });
  await pushImage(client, "team/first", "v1", { layers: ["base"] });
  await crawlNow("empty");
  expect(await readCapabilities()).toMatchObject({ referrers: "fallback", tagDeletion: "by-digest-only" });
});
