import { join } from "node:path";
import { ensureOwnEnforcement, ensureRegistryLogin } from "#lib/enforcement/bootstrap";
import { ensureOwnLogSource } from "#lib/events/bootstrap";
import { ensureOwnRegistry } from "#lib/registries/bootstrap";
import { verifyMasterKey } from "#lib/secrets/service";
import type { HomeSecrets } from "#lib/settings/home-secrets";
import type { Settings } from "#lib/settings/settings";
import { localUrl } from "./local-url.ts";
import { findRegistryProgram } from "./registry-program.ts";
import { deriveLogSecret, shipRegistryLog } from "./ship-registry-log.ts";
import { messageOf, StartFault } from "./start-fault.ts";
import { type RegistryLogin, startRegistry, waitForRegistry } from "./start-registry.ts";
import type { Supervisor } from "./supervisor.ts";

export interface OpenRegistry {
  url: string;
  /** What the console calls it. */
  slug: string;
  /** For people and for pushing; null means that the registry asks for none. */
  login: RegistryLogin | null;
  /** Whether grants of this console say who may do what there: so it is where we run it ourselves. */
  isEnforced: boolean;
}

interface OpenOptions {
  settings: Settings;
  secrets: HomeSecrets;
  /** Of the console, for its services that are used here. */
  environment: NodeJS.ProcessEnv;
  supervisor: Supervisor;
  report: (line: string) => void;
}

/**
 * The registry of this start, connected in the console: the running one of REGISTRY_URL as it is, or one that we run
 * ourselves and that asks the console who may do what.
 */
export async function openRegistry(options: OpenOptions): Promise<OpenRegistry> {
  const { settings, environment } = options;
  // The services read these as the console does; they were filled in after this process began.
  for (const name of ["DATABASE_URL", "WHARFINGER_MASTER_KEY", "WHARFINGER_BASE_URL"])
    process.env[name] = environment[name];
  try {
    await verifyMasterKey();
  } catch (error) {
    throw new StartFault(messageOf(error));
  }
  return settings.registryUrl === undefined ? openOwn(options) : openForeign(settings, settings.registryUrl);
}

async function openForeign(settings: Settings, url: string): Promise<OpenRegistry> {
  await waitForRegistry(url, 10_000);
  const password = settings.registryPassword;
  const login = password === undefined ? null : { user: settings.registryUser, password };
  const { host } = new URL(url);
  const slug = await ensureOwnRegistry({
    url,
    slug: host
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, ""),
    name: host,
    login,
    ingestSecret: null,
  });
  return { url, slug, login, isEnforced: false };
}

async function openOwn({ settings, secrets, supervisor, report }: OpenOptions): Promise<OpenRegistry> {
  const port = settings.registryPort;
  const program = await findRegistryProgram({
    home: settings.home,
    registryBin: settings.registryBin,
    report,
  });
  const ingestSecret = settings.ingestSecret ?? secrets.ingestSecret;
  const slug = await ensureOwnRegistry({
    url: `http://localhost:${port}`,
    slug: "local",
    name: "Local registry",
    login: null,
    ingestSecret,
  });
  // The registry reads at its start by what it knows our tokens.
  const trust = await ensureOwnEnforcement(slug, program.kind === "zot" ? "key" : "certificate");
  const login = {
    user: settings.registryUser,
    password: settings.registryPassword ?? secrets.registryPassword,
  };
  await ensureRegistryLogin(slug, login);
  report(`Starting the registry of ${program.origin}`);
  const { url } = await startRegistry({
    program,
    home: settings.home,
    port,
    access: { kind: "tokens", trust },
    httpSecret: secrets.registryHttpSecret,
    // It is on this machine: it reaches the console where that listens, not at its public address.
    notifications: { url: `${localUrl(settings)}/api/ingest/distribution`, secret: ingestSecret },
    supervisor,
  });
  const logSecret = deriveLogSecret(ingestSecret);
  await ensureOwnLogSource(slug, logSecret);
  void shipRegistryLog({
    logFile: supervisor.logPath("registry"),
    stateFile: join(settings.home, "registry-log-position.json"),
    url: `${localUrl(settings)}/api/ingest/registry-logs`,
    secret: logSecret,
  });
  return { url, slug, login, isEnforced: true };
}
