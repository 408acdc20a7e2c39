import type { HomeSecrets } from "#lib/settings/home-secrets";
import type { Settings } from "#lib/settings/settings";
import { inheritEnvironment } from "./child-environment.ts";

/** The environment of the console and the worker: ours, with everything that was left unset filled in. */
export function prepareConsoleEnvironment(options: {
  settings: Settings;
  secrets: HomeSecrets;
  databaseUrl: string;
  adminPassword: string | undefined;
  readyFile: string | null;
  distDir: string;
}): NodeJS.ProcessEnv {
  const { settings, secrets } = options;
  const environment: NodeJS.ProcessEnv = {
    ...inheritEnvironment(),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    PORT: String(settings.port),
    DATABASE_URL: options.databaseUrl,
    WHARFINGER_HOME: settings.home,
    WHARFINGER_BIND: settings.bind,
    WHARFINGER_BASE_URL: settings.baseUrl,
    WHARFINGER_MASTER_KEY: settings.masterKey ?? secrets.masterKey,
    WHARFINGER_SESSION_SECRET: settings.sessionSecret ?? secrets.sessionSecret,
    WHARFINGER_INGEST_SECRET: settings.ingestSecret ?? secrets.ingestSecret,
    WHARFINGER_DIST_DIR: options.distDir,
  };
  if (options.adminPassword !== undefined) environment.WHARFINGER_ADMIN_PASSWORD = options.adminPassword;
  if (options.readyFile !== null) environment.WHARFINGER_READY_FILE = options.readyFile;
  return environment;
}
