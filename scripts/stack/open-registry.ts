import type { HomeSecrets } from "#lib/settings/home-secrets";
import type { Settings } from "#lib/settings/settings";
import { localUrl } from "./local-url.ts";
import { findRegistryProgram } from "./registry-program.ts";
import { type RegistryLogin, startRegistry, waitForRegistry } from "./start-registry.ts";
import type { Supervisor } from "./supervisor.ts";

export interface OpenRegistry {
  url: string;
  /** For people and for pushing; null means that the registry asks for none. */
  login: RegistryLogin | null;
  /** For the console. */
  consoleLogin: RegistryLogin | null;
  /** What it sends with its notifications; null when we do not configure it. */
  ingestSecret: string | null;
  isOurs: boolean;
}

/** The registry of this start: the running one of REGISTRY_URL, or one that we run ourselves. */
export async function openRegistry(options: {
  settings: Settings;
  secrets: HomeSecrets;
  supervisor: Supervisor;
  report: (line: string) => void;
}): Promise<OpenRegistry> {
  const { settings, secrets, supervisor, report } = options;
  const user = settings.registryUser;
  if (settings.registryUrl !== undefined) {
    await waitForRegistry(settings.registryUrl, 10_000);
    const password = settings.registryPassword;
    const login = password === undefined ? null : { user, password };
    return { url: settings.registryUrl, login, consoleLogin: login, ingestSecret: null, isOurs: false };
  }
  const program = await findRegistryProgram({
    home: settings.home,
    registryBin: settings.registryBin,
    report,
  });
  const login = { user, password: settings.registryPassword ?? secrets.registryPassword };
  const consoleLogin = { user: "wharfinger", password: secrets.registryConsolePassword };
  const ingestSecret = settings.ingestSecret ?? secrets.ingestSecret;
  report(`Starting the registry of ${program.origin}`);
  const { url } = await startRegistry({
    program,
    home: settings.home,
    port: settings.registryPort,
    logins: [login, consoleLogin],
    httpSecret: secrets.registryHttpSecret,
    // It is on this machine: it reaches the console where that listens, not at its public address.
    notifications: { url: `${localUrl(settings)}/api/ingest/distribution`, secret: ingestSecret },
    supervisor,
  });
  return { url, login, consoleLogin, ingestSecret, isOurs: true };
}
