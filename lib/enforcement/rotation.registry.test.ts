import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rotateKey } from "#lib/enforcement/service";
import { revokeGrant } from "#lib/grants/service";
import { revokeSecret } from "#lib/principals/service-secrets";
import { askRegistry, askToken } from "#lib/testing/ask-token";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext } from "#lib/testing/connect-test-registry";
import {
  createRobot,
  type EnforcedRegistry,
  giveGrant,
  readTokenAuth,
  startEnforcedRegistry,
  type TestRobot,
} from "#lib/testing/enforced-registry";
import { registryKinds } from "#lib/testing/registry-kinds";
import { openTokenConsole, startTokenInstance, type TokenConsole } from "#lib/testing/token-console";

const { db } = attachTestDatabase();
let doors: TokenConsole;
const others: TokenConsole[] = [];

beforeAll(async () => {
  doors = await openTokenConsole();
  others.push(await startTokenInstance(), await startTokenInstance());
});
afterAll(async () => {
  for (const each of [doors, ...others]) await each.close();
});

/** Asks for tokens at every instance in turn and uses them, until `stop`; counts what went wrong. */
function startLoad(registry: EnforcedRegistry, robot: TestRobot) {
  const seen = { good: 0, bad: [] as string[] };
  let isRunning = true;
  const run = async (offset: number) => {
    for (let turn = offset; isRunning; turn++) {
      const place = [doors, ...others][turn % 3] ?? doors;
      const scopes = ["repository:load/app:pull,push"];
      const { status, token } = await askToken(place.url, { service: registry.slug, scopes, login: robot });
      const used = await askRegistry(registry.url, "GET", "/v2/load/app/tags/list", token);
      // Nothing was pushed there: not found means that the registry let us look.
      if (status === 200 && (used.status === 404 || used.status === 200)) seen.good++;
      else seen.bad.push(`token ${status}, registry ${used.status} ${used.challenge}`);
    }
  };
  const runners = [run(0), run(1), run(2)];
  return {
    seen,
    /** Until so many more went well, or any went wrong. */
    untilMore: (count: number) => {
      const target = seen.good + count;
      return expect
        .poll(() => seen.good >= target || seen.bad.length > 0, { timeout: 30_000, interval: 20 })
        .toBe(true);
    },
    stop: async () => {
      isRunning = false;
      await Promise.all(runners);
    },
  };
}

describe.each(registryKinds)("keys of $title", (kind) => {
  describe.skipIf(kind.program === null)("change", () => {
    let registry: EnforcedRegistry;
    let robot: TestRobot;
    beforeAll(async () => {
      registry = await startEnforcedRegistry({
        slug: kind.slug,
        mode: kind.mode,
        program: kind.program ?? undefined,
      });
      robot = await createRobot("load", [{ registry: kind.slug, pattern: "load/*", actions: ["push"] }]);
    });
    afterAll(() => registry.stop());
    const step = (name: "prepare" | "activate" | "retire") =>
      rotateKey(testContext, kind.slug, { step: name });

    it(`T13: under load, ${kind.mode === "key" ? "with the one restart that zot needs" : "without a failed pull"}`, async () => {
      const before = await db().signingKey.findFirstOrThrow({
        where: { registryId: registry.id, state: "current" },
      });
      await step("prepare");
      if (kind.mode === "jwks") {
        // The file is read at the start: given to the registry before anything is signed with the next key.
        await registry.replaceTokenFile((await readTokenAuth(kind.slug, kind.mode)).file.content);
        await registry.restart();
      }
      const { token: old } = await askToken(doors.url, {
        service: kind.slug,
        scopes: ["repository:load/app:pull"],
        login: robot,
      });
      const load = startLoad(registry, robot);
      await load.untilMore(10);
      const after = await step("activate");
      if (kind.mode === "key") {
        await load.stop();
        await registry.replaceTokenFile((await readTokenAuth(kind.slug, kind.mode)).file.content);
        await registry.restart();
        const fresh = startLoad(registry, robot);
        await fresh.untilMore(20);
        await fresh.stop();
        expect(fresh.seen.bad).toEqual([]);
      } else {
        await load.untilMore(30);
        await load.stop();
        expect(load.seen.bad).toEqual([]);
        // Tokens of the key before go on working until they end by themselves.
        expect((await askRegistry(registry.url, "GET", "/v2/load/app/tags/list", old)).status).toBe(404);
      }
      expect(after.keys.map((key) => key.state).sort()).toEqual(["current", "retired"]);
      expect(after.keys.find((key) => key.state === "current")?.kid).not.toBe(before.kid);
      await expect(step("retire")).rejects.toMatchObject({ status: 409 });
      await db().signingKey.updateMany({
        where: { kid: before.kid },
        data: { retiredAt: new Date(Date.now() - 3_600_000) },
      });
      expect((await step("retire")).keys.map((key) => key.state)).toEqual(["current"]);
      const end = startLoad(registry, robot);
      await end.untilMore(10);
      await end.stop();
      expect(end.seen.bad).toEqual([]);
    });

    it("a key that the registry was never given is not believed", async () => {
      if (kind.mode === "certificate") {
        // Another root than the one that the registry has.
        const foreign = await startEnforcedRegistry({ slug: `${kind.slug}-x`, mode: kind.mode });
        const { token } = await askToken(doors.url, { service: foreign.slug, scopes: [], login: null });
        await foreign.stop();
        expect((await askRegistry(registry.url, "GET", "/v2/", token)).status).toBe(401);
        return;
      }
      await step("prepare");
      await step("activate");
      const { token } = await askToken(doors.url, { service: kind.slug, scopes: [], login: robot });
      expect((await askRegistry(registry.url, "GET", "/v2/", token)).status).toBe(401);
      await registry.replaceTokenFile((await readTokenAuth(kind.slug, kind.mode)).file.content);
      await registry.restart();
      expect((await askRegistry(registry.url, "GET", "/v2/", token)).status).toBe(200);
    });

    it("several instances agree: a revoked grant and a revoked secret bite on each within a second", async () => {
      const leaver = await createRobot("leaver");
      const scopes = ["repository:many/app:pull"];
      const held = (place: TokenConsole) =>
        askToken(place.url, { service: kind.slug, scopes, login: leaver }).then(({ status, access }) =>
          status === 200 ? access.length : status,
        );
      const everywhere = () => Promise.all([doors, ...others].map(held));
      expect(await everywhere()).toEqual([0, 0, 0]);
      const id = await giveGrant(leaver.reference, {
        registry: kind.slug,
        pattern: "many/*",
        actions: ["pull"],
      });
      expect(await everywhere()).toEqual([1, 1, 1]);
      await revokeGrant(testContext, id);
      expect(await everywhere()).toEqual([0, 0, 0]);
      await revokeSecret(testContext, leaver.id, leaver.secretId);
      expect(await everywhere()).toEqual([401, 401, 401]);
    });
  });
});
