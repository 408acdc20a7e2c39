import type { TokenMode } from "#lib/enforcement/schema";
import { changeEnforcement, getEnforcement } from "#lib/enforcement/service";
import type { AccessAction } from "#lib/grants/schema";
import { createGrant } from "#lib/grants/service";
import { createPrincipal } from "#lib/principals/service";
import { createSecret } from "#lib/principals/service-secrets";
import { createIngestSecret } from "#lib/registries/connection-service";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import type { Login } from "#lib/testing/skopeo";
import { startTestRegistry, type TestRegistry, type TestTokenAuth } from "#lib/testing/test-registry";
import { findFreePort } from "../../scripts/stack/ports.ts";

export interface EnforcedRegistry extends TestRegistry {
  slug: string;
  id: number;
}

/**
 * A real registry that asks the console of this test who may do what, set up as an operator would: connected, the
 * files of its enforcement page put beside it, turned on, started. WHARFINGER_BASE_URL names where the doors are.
 */
export async function startEnforcedRegistry(options: {
  slug: string;
  mode: TokenMode;
  program?: string;
  /** Where it tells of pushes and pulls, with the secret that the console knows it by. */
  notificationsTo?: { url: string; secret: string };
}): Promise<EnforcedRegistry> {
  const { slug, mode, notificationsTo } = options;
  const port = await findFreePort();
  const id = await connectTestRegistry(slug, `http://localhost:${port}`);
  if (notificationsTo) await createIngestSecret(testContext, slug, notificationsTo.secret);
  await changeEnforcement(testContext, slug, { state: "on", tokenMode: mode });
  const registry = await startTestRegistry({
    program: options.program,
    kind: mode === "key" ? "zot" : "distribution",
    port,
    tokens: await readTokenAuth(slug, mode),
    notificationsTo,
  });
  return { ...registry, slug, id };
}

/** What the enforcement page of a registry says for one mode, as the registry is given it. */
export async function readTokenAuth(slug: string, mode: TokenMode): Promise<TestTokenAuth> {
  const { realm, service, issuer, setup } = await getEnforcement(testContext, slug);
  const content = setup.find((one) => one.tokenMode === mode)?.files[0]?.content;
  if (content === undefined) throw new Error(`There is no setup for ${mode}.`);
  return { realm, service, issuer, file: { kind: mode, content } };
}

export interface TestRobot extends Login {
  id: string;
  reference: string;
  secretId: string;
}

let count = 0;

/** A robot with a secret, made as a person would make it. */
export async function createRobot(
  word: string,
  grants: readonly {
    registry: string;
    pattern: string | null;
    actions: readonly (AccessAction | "catalog")[];
    expiresAt?: Date;
  }[] = [],
  secretExpiresAt: Date | null = null,
): Promise<TestRobot> {
  const name = `${word}-${++count}`;
  const { id } = await createPrincipal(testContext, { kind: "robot", name, description: "" });
  const made = await createSecret(testContext, id, {
    name: "test",
    expiresAt: secretExpiresAt?.toISOString() ?? null,
  });
  const reference = `robot:${name}`;
  for (const grant of grants) await giveGrant(reference, grant);
  return { id, reference, user: made.username, password: made.value, secretId: made.secret.id };
}

/** Returns its id. */
export async function giveGrant(
  principal: string,
  grant: {
    registry: string;
    pattern: string | null;
    actions: readonly (AccessAction | "catalog")[];
    expiresAt?: Date;
  },
): Promise<string> {
  const made = await createGrant(testContext, {
    principal,
    registry: grant.registry,
    pattern: grant.pattern,
    actions: [...grant.actions],
    reason: "a test",
    expiresAt: grant.expiresAt?.toISOString() ?? null,
  });
  return made.id;
}
