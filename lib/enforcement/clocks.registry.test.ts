import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revokeGrant } from "#lib/grants/service";
import { askRegistry, askToken, readClaims } from "#lib/testing/ask-token";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext } from "#lib/testing/connect-test-registry";
import {
  createRobot,
  type EnforcedRegistry,
  giveGrant,
  startEnforcedRegistry,
  type TestRobot,
} from "#lib/testing/enforced-registry";
import { registryKinds } from "#lib/testing/registry-kinds";
import {
  openTokenConsole,
  startTokenInstance,
  type TokenConsole,
  type TokenInstance,
} from "#lib/testing/token-console";

attachTestDatabase();
let doors: TokenConsole;
let shifted: TokenInstance;
const day = 86_400_000;

beforeAll(async () => {
  doors = await openTokenConsole();
  shifted = await startTokenInstance();
});
afterAll(async () => {
  await shifted.close();
  await doors.close();
});

describe.each(registryKinds)("clocks at $title", (kind) => {
  describe.skipIf(kind.program === null)("of console and registry", () => {
    let registry: EnforcedRegistry;
    let robot: TestRobot;
    const scopes = ["repository:clock/app:pull,push"];
    const begin = async (token: string) =>
      (await askRegistry(registry.url, "POST", "/v2/clock/app/blobs/uploads/", token)).status;
    /** What the registry makes of a fresh token of a console whose clock is off. */
    const tryShifted = async (shiftMs: number) => {
      await shifted.shiftClock(shiftMs);
      const { token } = await askToken(shifted.url, { service: kind.slug, scopes, login: robot });
      expect(token).not.toBe("");
      return begin(token);
    };

    beforeAll(async () => {
      registry = await startEnforcedRegistry({
        slug: kind.slug,
        mode: kind.mode,
        program: kind.program ?? undefined,
      });
      robot = await createRobot("clock", [{ registry: kind.slug, pattern: "clock/*", actions: ["push"] }]);
    });
    afterAll(() => registry.stop());

    it("T9: a revoked grant gives no token any more, and the one from before ends within six minutes", async () => {
      const id = await giveGrant(robot.reference, {
        registry: kind.slug,
        pattern: "left/*",
        actions: ["pull"],
      });
      const ask = { service: kind.slug, scopes: ["repository:left/app:pull"], login: robot };
      const before = await askToken(doors.url, ask);
      expect(before.access).toHaveLength(1);
      const { exp } = readClaims(before.token);
      expect(exp * 1000 + kind.leewaySeconds * 1000 - Date.now()).toBeLessThanOrEqual(360_000);
      await revokeGrant(testContext, id);
      expect((await askToken(doors.url, ask)).access).toEqual([]);

      // Tokens that an instance with a clock of then would have given: dead once life and leeway are over.
      expect(await tryShifted(-(300 + kind.leewaySeconds + 5) * 1000)).toBe(401);
      expect(await tryShifted(-(300 + kind.leewaySeconds - 20) * 1000)).toBe(202);
    });

    it("T14: a console that is five minutes or three days off is not believed", async () => {
      expect(await tryShifted(5 * 60_000)).toBe(401);
      expect(await tryShifted(3 * day)).toBe(401);
      expect(await tryShifted(-3 * day)).toBe(401);
      // Ten seconds ahead, and any time behind within the token's life, does no harm.
      expect(await tryShifted(8_000)).toBe(202);
      expect(await tryShifted(-8_000)).toBe(202);
    });
  });
});
