import { ensureEnvironmentApiKey } from "#lib/api-keys/bootstrap";
import { getSessionSecret, WeakSecretError } from "#lib/auth/session-secret";
import { isDatabaseAway } from "#lib/db/database-fault";
import { HttpError } from "#lib/http/errors";
import { log } from "#lib/log/log";
import { ensureFirstAdmin, hasPeople } from "#lib/people/bootstrap";
import { MasterKeyError } from "#lib/secrets/master-key";
import { verifyMasterKey } from "#lib/secrets/service";
import type { Settings } from "#lib/settings/settings";

/**
 * What must be true before the first request: the secrets are the right ones, the first admin and the automation key
 * exist. Throws, with a sentence for the operator, when the console must not start.
 */
export async function prepareConsole(settings: Settings): Promise<void> {
  getSessionSecret();
  await verifyMasterKey();
  if (settings.adminPassword) await ensureFirstAdmin(settings.adminPassword);
  else if (!(await hasPeople()))
    log.warn("nobody can sign in yet: set WHARFINGER_ADMIN_PASSWORD, or run npm run admin -- reset admin");
  await ensureEnvironmentApiKey(settings.apiKey);
}

/** One sentence for the operator about why the console did not start. */
export function describeStartFault(error: unknown): string {
  if (isDatabaseAway(error))
    return "The database does not answer: check DATABASE_URL and that Postgres runs, then start again.";
  const ours =
    error instanceof MasterKeyError || error instanceof HttpError || error instanceof WeakSecretError;
  if (ours) return error.message;
  return `The console could not start (${error instanceof Error ? error.name : "unknown fault"}): is the database migrated?`;
}
