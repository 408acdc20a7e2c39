import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { findFreePort } from "../../scripts/stack/ports.ts";

/** The pooler of this run of the tests: the one of npm test, else one on the PATH, else null. */
export function findPooler(): string | null {
  const named = process.env.TEST_PGBOUNCER_BIN;
  if (named) return named;
  return ["/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer"].find((path) => existsSync(path)) ?? null;
}

export interface TestPooler {
  /** The address of a database of the server behind it. */
  urlOf(database: string): string;
  stop(): Promise<void>;
}

/** A real pgbouncer in transaction mode before a Postgres: each transaction may get another session. */
export async function startPooler(options: {
  program: string;
  /** Any database of the server. */
  databaseUrl: string;
  /** Sessions with Postgres for each database. */
  size: number;
}): Promise<TestPooler> {
  const folder = mkdtempSync(join(tmpdir(), "wharfinger-pooler-"));
  const server = new URL(options.databaseUrl);
  const [user, password] = [server.username, server.password].map(decodeURIComponent);
  const port = await findFreePort();
  const settings = [
    "[databases]",
    `* = host=${server.hostname} port=${server.port} user=${user} password=${password}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    `default_pool_size = ${options.size}`,
    "max_client_conn = 500",
  ];
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(file, `${settings.join("\n")}\n`);
  // It refuses to run as root, and whom it runs as may not be able to reach a clone.
  chmodSync(folder, 0o755);
  chmodSync(file, 0o644);
  const program = join(folder, "pgbouncer");
  cpSync(options.program, program);
  const libraries = join(dirname(options.program), "..", "lib", `${machineName()}-linux-gnu`);
  if (existsSync(libraries) && options.program.includes("packages"))
    cpSync(libraries, join(folder, "lib"), { recursive: true, verbatimSymlinks: true });
  const child = spawn(program, [file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { NODE_ENV: "test", PATH: process.env.PATH, LD_LIBRARY_PATH: join(folder, "lib") },
    ...(process.getuid?.() === 0 ? findNobody() : {}),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output = (output + chunk).slice(-20_000);
    });
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  const urlOf = (database: string) => `postgresql://${user}@127.0.0.1:${port}/${database}`;
  await waitUntilItAnswers(urlOf("postgres"), child, () => output);
  return {
    urlOf,
    stop: async () => {
      process.off("exit", end);
      const exited = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilItAnswers(url: string, child: ChildProcess, readOutput: () => string): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.query("SELECT 1");
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > end)
        throw new Error(`The pooler does not answer:\n${readOutput()}`, { cause: error });
    } finally {
      await client.end().catch(() => {});
    }
    await delay(50);
  }
}

function machineName(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}

function findNobody(): { uid: number; gid: number } {
  const fields = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === "nobody");
  return { uid: Number(fields?.[2] ?? 65_534), gid: Number(fields?.[3] ?? 65_534) };
}
