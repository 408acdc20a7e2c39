import { createSystemContext } from "#lib/auth/context";
import { db } from "#lib/db/client";
import type { TokenTrust } from "#lib/enforcement/rules-setup";
import type { TokenMode } from "#lib/enforcement/schema";
import { changeState, prepareTrust } from "#lib/enforcement/service";
import { findEnforcementBySlug, lockEnforcement } from "#lib/enforcement/store";
import { listGrantsQuery } from "#lib/grants/schema";
import { createGrant, listGrants } from "#lib/grants/service";
import { ensureRobotLogin } from "#lib/principals/bootstrap";
import { lockAccess } from "#lib/principals/lock-access";
import { listSigningKeys } from "#lib/tokens/service-keys";

/**
 * The registry that the launcher runs asks the console who may do what: enforcement is turned on the first time, and
 * what an admin decided after that stays. Returns what the registry must be given to believe our tokens.
 */
export async function ensureOwnEnforcement(slug: string, tokenMode: TokenMode): Promise<TokenTrust> {
  const registry = await findEnforcementBySlug(db(), slug);
  if (!registry) throw new Error(`The registry ${slug} is not connected.`);
  // Made here, before the registry starts, and kept: a restart changes nothing.
  await listSigningKeys(registry.id);
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const before = await lockEnforcement(tx, registry.id);
    if (!before) return;
    const state = before.enforcementAt === null ? "on" : before.enforcement;
    await changeState(tx, createSystemContext("start-up"), before, { state, tokenMode });
  });
  return prepareTrust(registry);
}

/** The login that people and the sample fleet use at the registry that the launcher runs: it may do everything there. */
export async function ensureRegistryLogin(
  slug: string,
  login: { user: string; password: string },
): Promise<void> {
  const reason = "The login that is printed at the start";
  const { id } = await ensureRobotLogin({ name: login.user, description: reason, secret: login.password });
  const ctx = createSystemContext("start-up");
  // Once for each registry: what an admin revoked there stays revoked.
  const query = listGrantsQuery.parse({ registry: slug, principal: id, state: "all", limit: 1 });
  if ((await listGrants(ctx, query)).items.length > 0) return;
  const common = { principal: id, registry: slug, reason, expiresAt: null };
  await createGrant(ctx, { ...common, pattern: null, actions: ["catalog"] });
  await createGrant(ctx, { ...common, pattern: "**", actions: ["push", "delete"] });
}
