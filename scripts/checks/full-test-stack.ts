import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { migrateDatabase } from "#lib/db/migrate";
import { ensureHomeSecrets } from "#lib/settings/home-secrets";
import { oidcClient } from "#lib/testing/oidc-provider";
import { findPooler } from "#lib/testing/pooler";
import { findTracer } from "#lib/testing/trace";
import { buildConsole, isBuilt } from "../stack/build-console.ts";
import { unpackDebianProgram } from "../stack/debian-program.ts";
import { ensureDatabase, startEmbeddedPostgres } from "../stack/embedded-postgres.ts";
import { findFreePort } from "../stack/ports.ts";
import { prepareHome } from "../stack/prepare-home.ts";
import { findRegistryProgram } from "../stack/registry-program.ts";
import type { Run } from "../stack/run-to-completion.ts";
import { startRegistry } from "../stack/start-registry.ts";
import { findChromium } from "./find-chromium.ts";
import { type AttackedConsoles, startPlainConsole, startTestConsole } from "./test-consoles.ts";

export interface FullTestStack {
  /** For tests of the database and of registries. */
  environment: NodeJS.ProcessEnv;
  /** For each worker of Vitest two consoles over an empty database of their own, to be attacked. */
  openAttackedConsoles(workers: number): Promise<NodeJS.ProcessEnv>;
  /** A console with a registry that notifies it, for the end-to-end tests. */
  openFilledConsole(): Promise<NodeJS.ProcessEnv>;
}

/** Postgres and a registry for one run of the tests, and consoles when they are asked for. */
export async function openFullTestStack(options: {
  root: string;
  home: string;
  run: Run;
}): Promise<FullTestStack> {
  const { root, home, run } = options;
  const report = (line: string) => run.report(`     ${line}`);
  const supervisor = await prepareHome(home, { ...run, report: () => {} });
  const secrets = ensureHomeSecrets(home);
  const postgres = await startEmbeddedPostgres({
    root,
    home,
    password: secrets.postgresPassword,
    supervisor,
  });
  // A registry that was downloaded once serves every later run.
  const lastingHome = join(root, ".wharfinger");
  mkdirSync(lastingHome, { recursive: true });
  const registryBin = process.env.REGISTRY_BIN;
  const program = await findRegistryProgram({ home: lastingHome, registryBin, report });
  const consolePort = await findFreePort();
  const registry = await startRegistry({
    program,
    home,
    port: await findFreePort(),
    access: {
      kind: "logins",
      logins: [
        { user: "demo", password: secrets.registryPassword },
        { user: "wharfinger", password: secrets.registryConsolePassword },
      ],
    },
    httpSecret: secrets.registryHttpSecret,
    notifications: {
      url: `http://localhost:${consolePort}/api/ingest/distribution`,
      secret: secrets.ingestSecret,
    },
    supervisor,
  });
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    TEST_DATABASE_URL: postgres.urlOf("postgres"),
    TEST_REGISTRY_URL: registry.url,
    TEST_REGISTRY_USER: "demo",
    TEST_REGISTRY_PASSWORD: secrets.registryPassword,
    TEST_REGISTRY_BIN: program.command,
    TEST_PGBOUNCER_BIN: findPooler() ?? unpack(lastingHome, "pgbouncer", "usr/sbin/pgbouncer", report),
    TEST_STRACE_BIN: findTracer() ?? unpack(lastingHome, "strace", "usr/bin/strace", report),
  };

  const openDatabase = async (name: string) => {
    await ensureDatabase(postgres.urlOf("postgres"), name);
    await migrateDatabase(postgres.urlOf(name));
    return postgres.urlOf(name);
  };
  let built: Promise<string> | null = null;
  const build = () => {
    built ??= buildForTests(root, supervisor.logPath("build"), report, run);
    return built;
  };
  return {
    environment,
    openAttackedConsoles: async (workers) => {
      const distDir = await build();
      const open = async (number: number): Promise<AttackedConsoles> => {
        const name = `attacked-${number}`;
        const databaseUrl = await openDatabase(name);
        const common = { root, supervisor };
        const entry = await startTestConsole({
          ...common,
          distDir,
          name,
          databaseUrl,
          secrets,
          hasWorker: false,
        });
        const plainUrl = await startPlainConsole({
          ...common,
          name: `plain-${number}`,
          environment: entry.environment,
        });
        const { url, apiKey } = entry;
        return { url, plainUrl, databaseUrl, apiKey, logFile: supervisor.logPath(name) };
      };
      const consoles = await Promise.all(Array.from({ length: workers }, (_, index) => open(index + 1)));
      return { ...environment, TEST_CONSOLES: JSON.stringify(consoles), WHARFINGER_DIST_DIR: distDir };
    },
    openFilledConsole: async () => {
      const distDir = await build();
      const databaseUrl = await openDatabase("filled");
      const port = consolePort;
      // The journeys run the provider themselves; the console asks it only when somebody signs in by it.
      const oidcPort = await findFreePort();
      const filled = await startTestConsole({
        root,
        distDir,
        name: "filled",
        databaseUrl,
        secrets,
        supervisor,
        port,
        settings: {
          WHARFINGER_OIDC_ISSUER: `http://localhost:${oidcPort}`,
          WHARFINGER_OIDC_CLIENT_ID: oidcClient.id,
          WHARFINGER_OIDC_CLIENT_SECRET: oidcClient.secret,
          WHARFINGER_OIDC_ROLE_MAP: "wharf-platform=engineer,wharf-security=auditor",
          WHARFINGER_OIDC_NAME: "Harbour ID",
        },
      });
      return {
        ...environment,
        E2E_BASE_URL: filled.url,
        E2E_API_KEY: filled.apiKey,
        E2E_ADMIN_PASSWORD: filled.adminPassword,
        E2E_DATABASE_URL: databaseUrl,
        E2E_INGEST_SECRET: secrets.ingestSecret,
        E2E_REGISTRY_USER: "wharfinger",
        E2E_REGISTRY_PASSWORD: secrets.registryConsolePassword,
        E2E_OIDC_PORT: String(oidcPort),
        WHARFINGER_DIST_DIR: distDir,
        CHROMIUM_BIN: findChromium() ?? "",
      };
    },
  };
}

/** A program of Debian's; empty where there is none to be had. */
function unpack(home: string, name: string, program: string, report: (line: string) => void): string {
  return unpackDebianProgram({ home, name, program, report }).path ?? "";
}

// The build of a running demo is used when it is of these sources, and never overwritten when it is not.
async function buildForTests(
  root: string,
  logFile: string,
  report: (line: string) => void,
  run: Run,
): Promise<string> {
  if (isBuilt(root, ".next")) return ".next";
  await buildConsole({ root, distDir: ".next-test", logFile, report, onChild: (stop) => run.onStop(stop) });
  return ".next-test";
}
