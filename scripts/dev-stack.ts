// A Postgres and a registry for working on the console: node scripts/dev-stack.ts [--home <folder>] [--port <console>]
// [--registry-port <port>] [--postgres-port <port>]. Their addresses are printed and written to <home>/stack.env.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureHomeSecrets } from "#lib/settings/home-secrets";
import { ensureDatabase, startEmbeddedPostgres } from "./stack/embedded-postgres.ts";
import { PidFiles } from "./stack/pid-files.ts";
import { findFreePort } from "./stack/ports.ts";
import { findRegistryProgram } from "./stack/registry-program.ts";
import { runToCompletion } from "./stack/run-to-completion.ts";
import { startRegistry } from "./stack/start-registry.ts";
import { Supervisor } from "./stack/supervisor.ts";

const { values } = parseArgs({
  options: {
    home: { type: "string", default: ".wharfinger-dev" },
    port: { type: "string", default: "3000" },
    "registry-port": { type: "string" },
    "postgres-port": { type: "string" },
  },
});

await runToCompletion(async ({ report, stopped, onStop }) => {
  const root = join(import.meta.dirname, "..");
  const home = resolve(root, values.home);
  mkdirSync(home, { recursive: true });
  const pidFiles = new PidFiles(home);
  await pidFiles.lock();
  onStop(() => pidFiles.unlock());
  const supervisor = new Supervisor(home, pidFiles);
  onStop(() => {
    pidFiles.markStopping();
    return supervisor.stop(report);
  });
  await pidFiles.stopOrphans();

  const secrets = ensureHomeSecrets(home);
  const program = await findRegistryProgram({ home, registryBin: process.env.REGISTRY_BIN, report });
  const port = values["postgres-port"] === undefined ? undefined : Number(values["postgres-port"]);
  const postgres = await startEmbeddedPostgres({
    root,
    home,
    password: secrets.postgresPassword,
    supervisor,
    port,
  });
  await ensureDatabase(postgres.urlOf("postgres"), "wharfinger");
  const registryPort = Number(values["registry-port"] ?? (await findFreePort()));
  const registry = await startRegistry({
    program,
    home,
    port: registryPort,
    access: {
      kind: "logins",
      logins: [
        { user: "demo", password: secrets.registryPassword },
        { user: "wharfinger", password: secrets.registryConsolePassword },
      ],
    },
    httpSecret: secrets.registryHttpSecret,
    notifications: {
      url: `http://localhost:${values.port}/api/ingest/distribution`,
      secret: secrets.ingestSecret,
    },
    supervisor,
  });

  const lines = Object.entries({
    DATABASE_URL: postgres.urlOf("wharfinger"),
    TEST_DATABASE_URL: postgres.urlOf("postgres"),
    TEST_REGISTRY_URL: registry.url,
    TEST_REGISTRY_USER: "demo",
    TEST_REGISTRY_PASSWORD: secrets.registryPassword,
    TEST_REGISTRY_BIN: program.command,
    PORT: values.port,
    WHARFINGER_HOME: home,
    WHARFINGER_MASTER_KEY: secrets.masterKey,
    WHARFINGER_SESSION_SECRET: secrets.sessionSecret,
    WHARFINGER_INGEST_SECRET: secrets.ingestSecret,
    WHARFINGER_API_KEY: secrets.demoApiKey,
  }).map(([name, value]) => `export ${name}='${value}'`);
  writeFileSync(join(home, "stack.env"), `${lines.join("\n")}\n`, { mode: 0o600 });
  console.log(lines.join("\n"));
  report(`Ready; the same lines are in ${join(home, "stack.env")}. Ctrl-C stops both.`);
  await Promise.race([stopped, supervisor.died]);
});
