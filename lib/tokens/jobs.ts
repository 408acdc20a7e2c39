import { db } from "#lib/db/client";
import { deleteOldDenials } from "#lib/tokens/store-denials";
import { deleteDeadRefreshTokens } from "#lib/tokens/store-refresh";

const everyMs = 600_000;
const denialsLastMs = 90 * 86_400_000;
let prunedAtMs = 0;

/** Forgets dead refresh tokens, and refusals after 90 days; a look every ten minutes is enough. */
export async function pruneTokenRecords(now: Date): Promise<void> {
  if (now.getTime() - prunedAtMs < everyMs) return;
  prunedAtMs = now.getTime();
  await deleteDeadRefreshTokens(db(), now);
  await deleteOldDenials(db(), new Date(now.getTime() - denialsLastMs));
}
