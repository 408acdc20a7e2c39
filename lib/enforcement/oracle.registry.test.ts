import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccessAction, accessActions, effectiveQuery } from "#lib/grants/schema";
import { listEffective } from "#lib/grants/service-effective";
import { createRegistryClient } from "#lib/oci/client";
import { askRegistry, askToken } from "#lib/testing/ask-token";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext } from "#lib/testing/connect-test-registry";
import {
  createRobot,
  type EnforcedRegistry,
  giveGrant,
  startEnforcedRegistry,
  type TestRobot,
} from "#lib/testing/enforced-registry";
import { pushImage } from "#lib/testing/push-content";
import { openTokenConsole, type TokenConsole } from "#lib/testing/token-console";

const { db } = attachTestDatabase();
const slug = "truth";
const tries = 1_000;
const repositories = ["a/x", "a/y", "a/b/x", "b/x", "b", "ab/x", "prod/x", "prod/deep/x"];
const patterns = ["a/x", "a/*", "a/**", "b", "b/*", "**", "prod/**", "prod/*", "ab/x"];
let doors: TokenConsole;
let registry: EnforcedRegistry;
const robots: TestRobot[] = [];
/** The same tries every time. */
let seed = 7;
const below = (limit: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((seed / 2 ** 31) * limit);
};
const pick = <T>(list: readonly T[]): T => {
  const found = list[below(list.length)];
  if (found === undefined) throw new Error("There is nothing to pick.");
  return found;
};

beforeAll(async () => {
  doors = await openTokenConsole();
  registry = await startEnforcedRegistry({ slug, mode: "certificate" });
  const stocker = await createRobot("stocker", [{ registry: slug, pattern: "**", actions: ["push"] }]);
  const client = createRegistryClient({
    baseUrl: registry.url,
    credentials: { kind: "basic", username: stocker.user, password: stocker.password },
    allowedNetworks: ["127.0.0.0/8", "::1/128"],
    userAgent: "wharfinger-test",
  });
  for (const name of repositories) {
    await pushImage(client, name, "v1", { layers: [name] });
    await db().repository.create({ data: { registryId: registry.id, name } });
  }
  await client.close();
  for (let number = 0; number < 12; number++) {
    const robot = await createRobot(`truth${number}`);
    robots.push(robot);
    for (let left = below(4); left > 0; left--)
      await giveGrant(robot.reference, {
        registry: slug,
        pattern: pick(patterns),
        actions: [pick(accessActions)],
      });
  }
  await giveGrant("everyone", { registry: slug, pattern: "b/*", actions: ["pull"] });
  await giveGrant("signed-in", { registry: slug, pattern: "ab/x", actions: ["pull"] });
  await db().registry.update({ where: { slug }, data: { protectedPatterns: ["prod/**"] } });
  const [first] = robots;
  if (first)
    await db().protectionPusher.create({
      data: { registryId: registry.id, pattern: "prod/**", principalId: first.id, createdBy: "test" },
    });
});
afterAll(async () => {
  await registry.stop();
  await doors.close();
});

/** What the who-can view says, by repository: principal and action. */
async function readView(): Promise<Map<string, Set<string>>> {
  const view = new Map<string, Set<string>>();
  for (const repository of repositories) {
    const lines = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await listEffective(
        testContext,
        effectiveQuery.parse({ registry: slug, repository, limit: 100, ...(cursor ? { cursor } : {}) }),
      );
      for (const item of page.items)
        for (const action of item.actions) lines.add(`${item.principal.id} ${action}`);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    view.set(repository, lines);
  }
  return view;
}

/** Whether the registry lets somebody do it, tried; nothing changes there. */
async function isAllowed(
  robot: TestRobot | null,
  repository: string,
  action: AccessAction,
): Promise<boolean> {
  const scopes = [`repository:${repository}:pull,push,delete`];
  const { token } = await askToken(doors.url, { service: slug, scopes, login: robot });
  const nothing = `sha256:${"0".repeat(64)}`;
  const calls: Record<AccessAction, [string, string, number]> = {
    pull: ["GET", `/v2/${repository}/manifests/v1`, 200],
    push: ["POST", `/v2/${repository}/blobs/uploads/`, 202],
    delete: ["DELETE", `/v2/${repository}/manifests/${nothing}`, 404],
  };
  const [method, path, allowed] = calls[action];
  const { status } = await askRegistry(registry.url, method, path, token);
  expect([allowed, 401]).toContain(status);
  return status === allowed;
}

describe("the who-can view", () => {
  it(`equals what the registry allows, for ${tries.toLocaleString("en")} random tries`, async () => {
    const view = await readView();
    const everyone = "00000000-0000-7000-8000-000000000001";
    const signedIn = "00000000-0000-7000-8000-000000000002";
    const wrong: string[] = [];
    const seen = { yes: 0, no: 0 };
    const work = Array.from({ length: tries }, () => ({
      robot: below(10) === 0 ? null : pick(robots),
      repository: pick(repositories),
      action: pick(accessActions),
    }));
    const runner = async () => {
      for (let one = work.pop(); one; one = work.pop()) {
        const { robot, repository, action } = one;
        const lines = view.get(repository) ?? new Set();
        // Somebody who holds nothing of their own has no line; what everybody may is a line of everyone.
        const who = robot === null ? [everyone] : [robot.id, signedIn, everyone];
        const said = who.some((id) => lines.has(`${id} ${action}`));
        const real = await isAllowed(robot, repository, action);
        seen[real ? "yes" : "no"]++;
        if (said !== real) wrong.push(`${robot?.user ?? "nobody"} ${action} ${repository}: said ${said}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, runner));
    expect(wrong).toEqual([]);
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(tries / 10);
  });
});
