import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { prepareChildEnvironment } from "./child-environment.ts";
import { findFreePort, isPortFree } from "./ports.ts";
import { choosePostgresAccount, type PostgresAccount } from "./postgres-account.ts";
import { locatePostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";
import { identify, stopProcess } from "./process-identity.ts";
import { codeOf, messageOf, StartFault } from "./start-fault.ts";
import type { Supervisor } from "./supervisor.ts";

const superuser = "wharfinger";

export interface EmbeddedPostgres {
  port: number;
  /** The address of one of its databases, with the password in it. */
  urlOf(database: string): string;
}

/**
 * Starts the Postgres that comes with the npm package on a loopback port, with its data in `<home>/postgres` and a
 * password of its own. Whatever a killed start left behind is cleared first.
 */
export async function startEmbeddedPostgres(options: {
  root: string;
  home: string;
  password: string;
  supervisor: Supervisor;
  port?: number;
}): Promise<EmbeddedPostgres> {
  const folder = join(options.home, "postgres");
  const data = join(folder, "data");
  const binaries = locatePostgresBinaries(options.root);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  if (!existsSync(data)) initialise(folder, data, options.password, binaries);
  const account = choosePostgresAccount(data, binaries.postgres);
  await clearLeftovers(data);

  const port = options.port ?? (await choosePort(join(folder, "port")));
  writeFileSync(join(folder, "port"), String(port));
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    // Our queries are short: compiling one takes longer than it can save.
    jit: "off",
    log_min_messages: "warning",
    log_line_prefix: "%m [%p] ",
  };
  const args = ["-D", data, "-p", String(port)];
  for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
  await options.supervisor.start({
    name: "postgres",
    label: "Postgres",
    ...account.wrap(binaries.postgres, args),
    env: prepareChildEnvironment({ LC_ALL: "C" }),
    cwd: "/",
    stopSignal: "SIGINT",
    graceMs: 20_000,
    restarts: { prepare: () => clearLeftovers(data) },
  });

  const urlOf = (database: string) =>
    `postgresql://${superuser}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${database}`;
  await options.supervisor.until(waitForPostgres(urlOf("postgres")));
  return { port, urlOf };
}

// A first start that is killed leaves only data.new behind, which the next one throws away.
function initialise(folder: string, data: string, password: string, binaries: PostgresBinaries): void {
  const fresh = `${data}.new`;
  const passwordFile = join(folder, "password.new");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const account = choosePostgresAccount(fresh, binaries.postgres);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(account, fresh);
  giveTo(account, passwordFile);
  const args = [
    ...["-D", fresh, "--username", superuser, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
  ];
  const call = account.wrap(binaries.initdb, args);
  const run = spawnSync(call.command, call.args, {
    uid: call.uid,
    gid: call.gid,
    cwd: "/",
    encoding: "utf8",
    env: prepareChildEnvironment({ LC_ALL: "C" }),
  });
  rmSync(passwordFile, { force: true });
  if (run.status !== 0) {
    const reason = (run.stderr || messageOf(run.error)).trim().split("\n").at(-1) ?? "";
    if (/no space left/i.test(run.stderr ?? "")) {
      throw new StartFault(
        `The disk of ${folder} is full: make room, or point WHARFINGER_HOME at another disk.`,
      );
    }
    throw new StartFault(`The embedded Postgres could not prepare its data in ${data}: ${reason}`);
  }
  renameSync(fresh, data);
}

function giveTo(account: PostgresAccount, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

// The lock file of a Postgres that was killed may name a number that something else has by now, which would keep
// ours from starting; one that still runs on this data belongs to a start that was killed.
async function clearLeftovers(data: string): Promise<void> {
  const lock = join(data, "postmaster.pid");
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, "utf8").split("\n")[0]);
  const identity = Number.isInteger(pid) && pid > 0 ? identify(pid) : null;
  if (identity && commandLineOf(pid).includes(data)) await stopProcess(identity, "SIGINT", 15_000);
  rmSync(lock, { force: true });
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
  }
}

async function choosePort(file: string): Promise<number> {
  const last = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  return last > 0 && (await isPortFree(last)) ? last : findFreePort();
}

async function waitForPostgres(url: string): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => {});
      if (codeOf(error) === "28P01") {
        throw new StartFault(
          "The embedded Postgres has another password than the one in WHARFINGER_HOME/secrets.json: restore that file, or move WHARFINGER_HOME away to begin anew.",
        );
      }
      if (Date.now() > end)
        throw new StartFault(`The embedded Postgres does not answer: ${messageOf(error)}.`);
      await delay(50);
    }
  }
}

/** Creates a database unless it exists. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
