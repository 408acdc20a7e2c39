import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureHomeSecrets } from "#lib/settings/home-secrets";
import type { Settings } from "#lib/settings/settings";
import { StartFault } from "./start-fault.ts";

/**
 * Points this process at the database and the master key of the console of these settings, which is not started
 * here: DATABASE_URL, or the embedded Postgres of WHARFINGER_HOME while it runs.
 */
export function findRunningDatabase(settings: Settings): void {
  const hasHome = existsSync(join(settings.home, "secrets.json"));
  if (!settings.masterKey && hasHome)
    process.env.WHARFINGER_MASTER_KEY = ensureHomeSecrets(settings.home).masterKey;
  if (settings.databaseUrl) return;
  const portFile = join(settings.home, "postgres", "port");
  if (!hasHome || !existsSync(portFile))
    throw new StartFault(
      `There is no database in ${settings.home}. Set DATABASE_URL, or WHARFINGER_HOME to the folder that the console runs with.`,
    );
  const { postgresPassword } = ensureHomeSecrets(settings.home);
  const port = Number(readFileSync(portFile, "utf8"));
  process.env.DATABASE_URL = `postgresql://wharfinger:${encodeURIComponent(postgresPassword)}@127.0.0.1:${port}/wharfinger`;
}
