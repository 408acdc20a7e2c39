import type { HomeSecrets } from "#lib/settings/home-secrets";
import type { Settings } from "#lib/settings/settings";
import { ensureDatabase, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { migrateOrExplain } from "./migrate-or-explain.ts";
import type { Supervisor } from "./supervisor.ts";

/** The database of this start, migrated: the one of DATABASE_URL, or an embedded Postgres. Returns its address. */
export async function openDatabase(options: {
  root: string;
  settings: Settings;
  secrets: HomeSecrets;
  supervisor: Supervisor;
  report: (line: string) => void;
}): Promise<string> {
  const { settings, report } = options;
  const url = settings.databaseUrl ?? (await startEmbedded(options));
  const { applied } = await migrateOrExplain(url, report);
  if (applied.length > 0)
    report(`Applied ${applied.length} database migration${applied.length === 1 ? "" : "s"}`);
  return url;
}

async function startEmbedded(options: Parameters<typeof openDatabase>[0]): Promise<string> {
  const { root, settings, secrets, supervisor, report } = options;
  report("Starting Postgres");
  const postgres = await startEmbeddedPostgres({
    root,
    home: settings.home,
    password: secrets.postgresPassword,
    supervisor,
  });
  await ensureDatabase(postgres.urlOf("postgres"), "wharfinger");
  return postgres.urlOf("wharfinger");
}
