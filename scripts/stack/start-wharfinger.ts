import { rmSync } from "node:fs";
import { join } from "node:path";
import { ensureHomeSecrets, type HomeSecrets } from "#lib/settings/home-secrets";
import type { Settings } from "#lib/settings/settings";
import { buildConsole } from "./build-console.ts";
import { prepareConsoleEnvironment } from "./console-environment.ts";
import { prepareFirstAdmin } from "./first-admin.ts";
import { loadSettings } from "./load-settings.ts";
import { openDatabase } from "./open-database.ts";
import { type OpenRegistry, openRegistry } from "./open-registry.ts";
import { requireFreePort } from "./ports.ts";
import { prepareHome } from "./prepare-home.ts";
import { runConsole } from "./run-console.ts";
import type { Run } from "./run-to-completion.ts";
import { messageOf, StartFault } from "./start-fault.ts";
import type { Supervisor } from "./supervisor.ts";

export interface Wharfinger {
  settings: Settings;
  databaseUrl: string;
  registry: OpenRegistry;
  supervisor: Supervisor;
  /** Prints how to sign in; a generated password is shown this once. */
  printSignIn(): void;
}

const root = join(import.meta.dirname, "..", "..");
// Tests start it on the build that they have made beside a console that runs.
const distDir = process.env.WHARFINGER_DIST_DIR ?? ".next";

/**
 * Starts everything: database, registry, worker and console. `readyFile` is what `/api/ready` waits for; without it
 * the console is ready once it is migrated.
 */
export async function startWharfinger(run: Run, readyFileName: string | null): Promise<Wharfinger> {
  const settings = loadSettings();
  const { report } = run;
  if (settings.registryUrl === undefined && settings.registryPort === settings.port)
    throw new StartFault(`REGISTRY_PORT must differ from PORT, which is ${settings.port}.`);
  const supervisor = await prepareHome(settings.home, run);
  await requireFreePort(settings.port, "PORT", "console", settings.bind);
  if (settings.registryUrl === undefined)
    await requireFreePort(settings.registryPort, "REGISTRY_PORT", "registry");
  const secrets = loadHomeSecrets(settings.home);
  const readyFile = readyFileName === null ? null : join(settings.home, readyFileName);
  if (readyFile) rmSync(readyFile, { force: true });

  const databaseUrl = await openDatabase({ root, settings, secrets, supervisor, report });
  const admin = await prepareFirstAdmin(settings, databaseUrl);
  const environment = prepareConsoleEnvironment({
    settings,
    secrets,
    databaseUrl,
    adminPassword: admin.password,
    readyFile,
    distDir,
  });
  const [registry] = await Promise.all([
    openRegistry({ settings, secrets, environment, supervisor, report }),
    buildConsole({
      root,
      distDir,
      logFile: supervisor.logPath("build"),
      report,
      onChild: (stop) => run.onStop(stop),
    }),
  ]);
  report("Starting the worker and the console");
  await runConsole({ root, settings, environment, supervisor });

  const printSignIn = () => {
    report(`Address:   ${settings.baseUrl}`);
    if (admin.isGenerated) report(`Sign in:   admin / ${admin.password}   (shown this once)`);
    else report("Sign in:   admin, with the password that was set or shown at the first start");
    admin.forget();
    printRegistry(registry, settings, report);
  };
  return { settings, databaseUrl, registry, supervisor, printSignIn };
}

function printRegistry(registry: OpenRegistry, settings: Settings, report: (line: string) => void): void {
  const { login } = registry;
  const host = new URL(registry.url).host;
  if (!login) {
    report(`Registry:  ${host}`);
    return;
  }
  const isOwnWord = settings.registryPassword !== undefined;
  report(`Registry:  ${host}, ${isOwnWord ? `user ${login.user}` : `${login.user} / ${login.password}`}`);
  if (!registry.isEnforced) return;
  // Given a password, the person at this terminal knows it, and it need not stand here.
  const asks = isOwnWord ? login.user : `${login.user} -p ${login.password}`;
  report(`           skopeo login --tls-verify=false -u ${asks} ${host}`);
  report(`           docker login -u ${asks} ${host}`);
}

function loadHomeSecrets(home: string): HomeSecrets {
  try {
    return ensureHomeSecrets(home);
  } catch (error) {
    throw new StartFault(messageOf(error));
  }
}
