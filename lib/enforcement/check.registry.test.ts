import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeEnforcement, getEnforcement } from "#lib/enforcement/service";
import { checkEnforcement } from "#lib/enforcement/service-check";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { closeRegistryClients } from "#lib/registries/open-client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow, testContext } from "#lib/testing/connect-test-registry";
import {
  createRobot,
  type EnforcedRegistry,
  giveGrant,
  readTokenAuth,
  startEnforcedRegistry,
} from "#lib/testing/enforced-registry";
import { pushImage } from "#lib/testing/push-content";
import { registryKinds } from "#lib/testing/registry-kinds";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";
import { openTokenConsole, type TokenConsole } from "#lib/testing/token-console";

const { db } = attachTestDatabase();
let doors: TokenConsole;
const running: TestRegistry[] = [];

beforeAll(async () => {
  doors = await openTokenConsole();
});
afterAll(async () => {
  await closeRegistryClients();
  await Promise.all(running.map((registry) => registry.stop()));
  await doors.close();
});
const keep = <T extends TestRegistry>(registry: T): T => {
  running.push(registry);
  return registry;
};
const outcomes = (check: Awaited<ReturnType<typeof checkEnforcement>>) =>
  Object.fromEntries(check.steps.map(({ name, outcome }) => [name, outcome]));

describe.each(registryKinds)("the check at $title", (kind) => {
  describe.skipIf(kind.program === null)("sees", () => {
    let registry: EnforcedRegistry;
    beforeAll(async () => {
      registry = keep(
        await startEnforcedRegistry({ slug: kind.slug, mode: kind.mode, program: kind.program ?? undefined }),
      );
    });

    it("on, where the registry asks for our tokens; and the console reads it without a login of its own", async () => {
      const stocker = await createRobot("stocker", [
        { registry: kind.slug, pattern: "**", actions: ["push"] },
      ]);
      const client = createTestClient(registry.url, {
        credentials: { kind: "basic", username: stocker.user, password: stocker.password },
      });
      await pushImage(client, "team/app", "v1", { layers: ["one"] });
      await client.close();
      expect(await crawlNow(kind.slug)).toMatchObject({
        state: "succeeded",
        error: null,
        repositoriesDone: 1,
      });

      const check = await checkEnforcement(testContext, kind.slug);
      expect(check.steps.filter((step) => step.outcome !== "passed")).toEqual([]);
      expect(check.seen).toBe("on");
      expect(check.warnings).toEqual([]);
      expect((await getEnforcement(testContext, kind.slug)).check).toEqual(check);
      const audit = await db().auditEvent.findFirst({ where: { action: "enforcement.check" } });
      expect(audit).toMatchObject({ target: kind.slug, after: { seen: "on" } });
    });

    it("says so while it is suspended, and when everybody may pull everything", async () => {
      await expect(changeEnforcement(testContext, kind.slug, { state: "suspended" })).rejects.toMatchObject({
        fields: [{ field: "reason" }],
      });
      await changeEnforcement(testContext, kind.slug, { state: "suspended", reason: "the cluster is down" });
      expect((await checkEnforcement(testContext, kind.slug)).seen).toBe("off");
      await changeEnforcement(testContext, kind.slug, { state: "on" });
      const rows = await db().auditEvent.findMany({
        where: { action: { startsWith: "enforcement." }, registryId: registry.id },
        orderBy: { id: "asc" },
      });
      expect(rows.map((row) => row.action)).toContain("enforcement.suspend");
      expect(rows.find((row) => row.action === "enforcement.suspend")?.after).toMatchObject({
        reason: "the cluster is down",
      });

      await giveGrant("everyone", { registry: kind.slug, pattern: "**", actions: ["pull"] });
      const check = await checkEnforcement(testContext, kind.slug);
      expect(outcomes(check)).toMatchObject({ "anonymous-pull": "unknown", "foreign-push": "passed" });
      expect(check.seen).toBe("on");
    });

    it("unknown, where the registry knows another key of ours", async () => {
      await db().signingKey.deleteMany({ where: { registryId: registry.id } });
      const check = await checkEnforcement(testContext, kind.slug);
      expect(outcomes(check)).toMatchObject({ challenge: "passed", realm: "passed", "own-token": "failed" });
      expect(check.seen).toBe("unknown");
      expect(check.steps.find((step) => step.name === "own-token")?.text).toMatch(
        /another certificate or key/,
      );
    });
  });
});

describe("the check sees", () => {
  it("off, at a registry that asks for nothing, and leaves nothing there", async () => {
    const registry = keep(await startTestRegistry());
    await connectTestRegistry("open", registry.url);
    const check = await checkEnforcement(testContext, "open");
    expect(check.seen).toBe("off");
    expect(check.steps[0]).toMatchObject({ name: "challenge", outcome: "failed" });
    expect(await (await fetch(`${registry.url}/v2/_catalog`)).json()).toEqual({ repositories: [] });
  });

  it("off, at a registry with logins of its own", async () => {
    const registry = keep(await startTestRegistry({ auth: { user: "a", password: "b" } }));
    await connectTestRegistry("basic", registry.url);
    const check = await checkEnforcement(testContext, "basic");
    expect(check.seen).toBe("off");
    expect(check.steps[0]?.text).toMatch(/logins of its own \(basic\)/);
  });

  it("off, at a registry that asks another token service, or ours under another name", async () => {
    for (const [slug, other] of [
      ["foreign", { realm: "http://localhost:1/token" }],
      ["misnamed", { service: "misnamed-otherwise" }],
    ] as const) {
      const first = await startTestRegistry();
      await connectTestRegistry(slug, first.url);
      await first.stop();
      keep(
        await startTestRegistry({
          port: first.port,
          tokens: { ...(await readTokenAuth(slug, "certificate")), ...other },
        }),
      );
      const check = await checkEnforcement(testContext, slug);
      expect(outcomes(check)).toMatchObject({ challenge: "passed", realm: "failed" });
      expect(check.seen).toBe("off");
    }
  });

  it("unknown, at a registry that is not there", async () => {
    const registry = await startTestRegistry();
    await connectTestRegistry("away", registry.url);
    await registry.stop();
    const check = await checkEnforcement(testContext, "away");
    expect(check.seen).toBe("unknown");
    expect(check.steps[0]?.text).toMatch(/refuses the connection/);
  });

  it("a token service on another host, which clients of today refuse", async () => {
    const first = await startTestRegistry();
    await connectTestRegistry("elsewhere", first.url);
    await first.stop();
    const tokens = await readTokenAuth("elsewhere", "certificate");
    process.env.WHARFINGER_BASE_URL = doors.url.replace("localhost", "127.0.0.1");
    try {
      keep(
        await startTestRegistry({
          port: first.port,
          tokens: { ...tokens, realm: tokens.realm.replace("localhost", "127.0.0.1") },
        }),
      );
      const check = await checkEnforcement(testContext, "elsewhere");
      expect(check.warnings.join(" ")).toMatch(/crane and cosign refuse that/);
    } finally {
      process.env.WHARFINGER_BASE_URL = doors.url;
    }
  });
});
