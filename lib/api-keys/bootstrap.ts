import {
  endEnvironmentKeys,
  isLiveEnvironmentKey,
  lockEnvironmentKey,
  putEnvironmentKey,
} from "#lib/api-keys/store";
import { recordAudit } from "#lib/audit/service";
import { createSystemContext } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { hashSecret } from "#lib/secrets/service";

const minimumLength = 32;
const name = "WHARFINGER_API_KEY";

/**
 * The admin key with exactly the value of WHARFINGER_API_KEY exists, and no earlier one does. Without a value there
 * is none. To be called at each start; it changes nothing when all is as it should be.
 */
export async function ensureEnvironmentApiKey(value: string | undefined, now = new Date()): Promise<void> {
  if (value !== undefined && value.length < minimumLength)
    throw new Error(`WHARFINGER_API_KEY must have at least ${minimumLength} characters.`);
  const secretHash = value === undefined ? null : await hashSecret("api-key", value);
  const ctx = createSystemContext("start-up", now);
  await db().$transaction(async (tx) => {
    await lockEnvironmentKey(tx);
    const ended = await endEnvironmentKeys(tx, secretHash, now);
    if (ended > 0) await recordAudit(tx, ctx, { action: "api-key.revoke", target: name, after: { ended } });
    if (value === undefined || secretHash === null || (await isLiveEnvironmentKey(tx, secretHash))) return;
    await putEnvironmentKey(tx, { name, prefix: value.slice(0, 4), secretHash, createdAt: now });
    await recordAudit(tx, ctx, {
      action: "api-key.create",
      target: name,
      after: { name, role: "admin", source: "environment" },
    });
  });
}
