import { ensureEnvironmentApiKey } from "#lib/api-keys/bootstrap";
import { getSessionSecret } from "#lib/auth/session-secret";
import { log } from "#lib/log/log";
import { ensureFirstAdmin, hasPeople } from "#lib/people/bootstrap";
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
