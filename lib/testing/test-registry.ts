import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import bcrypt from "bcryptjs";
import { findFreePort } from "../../scripts/stack/ports.ts";
import {
  prepareDistributionConfig,
  prepareZotConfig,
  type TokenAuthConfig,
} from "../../scripts/stack/registry-config.ts";

export interface TestRegistryOptions {
  /** Basic authentication; without it anybody may do anything. */
  auth?: { user: string; password: string };
  /** Tokens of our endpoint in place of basic authentication; `file` is the content of what it knows them by. */
  tokens?: TestTokenAuth;
  /** Where push, pull and delete notifications go, with `Authorization: Bearer <secret>`. */
  notificationsTo?: { url: string; secret: string };
  /** False makes the registry answer 405 to deletions. */
  deletes?: boolean;
  /** Program to run; TEST_REGISTRY_BIN unless given. */
  program?: string;
  kind?: "distribution" | "zot";
  /** A free one unless given. */
  port?: number;
}

export interface TestTokenAuth {
  realm: string;
  service: string;
  issuer: string;
  file: { kind: "certificate" | "jwks" | "key"; content: string };
}

export interface TestRegistry {
  /** http://localhost:<port> */
  url: string;
  /** localhost:<port> */
  host: string;
  port: number;
  /** Where its content lies, to break it on purpose. */
  storageFolder: string;
  /** Gives it another file to know our tokens by; it is read at the next start. */
  replaceTokenFile(content: string): Promise<void>;
  readLog(): Promise<string>;
  /** Where it writes to, for whoever follows it. */
  logFile: string;
  /** Ends the process at once, as a crash would, and starts it again on the same port and content. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a real registry on a free port with storage of its own, until `stop`. */
export async function startTestRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const program = options.program ?? process.env.TEST_REGISTRY_BIN;
  if (!program) {
    throw new Error(
      "TEST_REGISTRY_BIN is not set: run npm test, or node scripts/dev-stack.ts and load its stack.env.",
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "wharfinger-registry-"));
  const port = options.port ?? (await findFreePort());
  const storageFolder = join(folder, "data");
  const htpasswdFile = options.auth ? join(folder, "htpasswd") : null;
  if (options.auth && htpasswdFile) {
    const hash = await bcrypt.hash(options.auth.password, 4);
    await writeFile(htpasswdFile, `${options.auth.user}:${hash}\n`);
  }
  const tokenFile = join(folder, "tokens");
  if (options.tokens) await writeFile(tokenFile, options.tokens.file.content);
  const prepareConfig = options.kind === "zot" ? prepareZotConfig : prepareDistributionConfig;
  const configFile = join(folder, options.kind === "zot" ? "config.json" : "config.yml");
  const config = prepareConfig({
    host: "127.0.0.1",
    port,
    storageFolder,
    htpasswdFile,
    tokenAuth: options.tokens ? prepareTokenAuth(options.tokens, tokenFile) : null,
    httpSecret: "only-for-this-test",
    notifications: options.notificationsTo ?? null,
    deletes: options.deletes ?? true,
  });
  await writeFile(configFile, config);

  const logFile = join(folder, "registry.log");
  let child = await launch(program, configFile, logFile, port);
  const end = async () => {
    process.off("exit", killNow);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
    }
  };
  const killNow = () => child.kill("SIGKILL");
  process.on("exit", killNow);
  return {
    url: `http://localhost:${port}`,
    host: `localhost:${port}`,
    port,
    storageFolder,
    replaceTokenFile: (content) => writeFile(tokenFile, content),
    readLog: () => readFile(logFile, "utf8"),
    logFile,
    restart: async () => {
      await end();
      child = await launch(program, configFile, logFile, port);
      process.on("exit", killNow);
    },
    stop: async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function prepareTokenAuth({ file, ...names }: TestTokenAuth, path: string): TokenAuthConfig {
  const places = { certificate: { rootCertBundle: path }, jwks: { jwks: path }, key: { key: path } };
  return { ...names, file: places[file.kind] };
}

async function launch(
  program: string,
  configFile: string,
  logFile: string,
  port: number,
): Promise<ChildProcess> {
  const log = openSync(logFile, "a");
  const child = spawn(program, ["serve", configFile], {
    stdio: ["ignore", log, log],
    env: { NODE_ENV: "test", PATH: process.env.PATH, HOME: process.env.HOME, OTEL_TRACES_EXPORTER: "none" },
  });
  let failure: Error | null = null;
  child.once("error", (error) => {
    failure = error;
  });
  const deadline = Date.now() + 20_000;
  for (;;) {
    if (failure) throw failure;
    if (child.exitCode !== null)
      throw new Error(`The test registry ended: ${await readFile(logFile, "utf8")}`);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return child;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(20);
    }
  }
}
