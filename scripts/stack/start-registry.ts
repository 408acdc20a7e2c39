import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import bcrypt from "bcryptjs";
import type { TokenTrust } from "#lib/enforcement/rules-setup";
import { prepareChildEnvironment } from "./child-environment.ts";
import { prepareDistributionConfig, prepareZotConfig, type TokenAuthConfig } from "./registry-config.ts";
import type { RegistryProgram } from "./registry-program.ts";
import { codeOf, messageOf, StartFault } from "./start-fault.ts";
import type { Supervisor } from "./supervisor.ts";

export interface RegistryLogin {
  user: string;
  password: string;
}

/** Who gets in: the holders of these logins (nobody is asked when there are none), or of the console's tokens. */
export type RegistryAccess =
  | { kind: "logins"; logins: RegistryLogin[] }
  | { kind: "tokens"; trust: TokenTrust };

/** Starts a registry of our own on loopback with its storage in `<home>/registry`, and waits until it answers. */
export async function startRegistry(options: {
  program: RegistryProgram;
  home: string;
  port: number;
  access: RegistryAccess;
  httpSecret: string;
  notifications: { url: string; secret: string } | null;
  supervisor: Supervisor;
}): Promise<{ url: string }> {
  const { program, port, supervisor } = options;
  const folder = join(options.home, "registry");
  const storageFolder = join(folder, "data");
  mkdirSync(storageFolder, { recursive: true });
  chmodSync(folder, 0o700);

  const files = await writeAccessFiles(folder, program.kind, options.access);
  const prepareConfig = program.kind === "zot" ? prepareZotConfig : prepareDistributionConfig;
  const configFile = join(folder, program.kind === "zot" ? "config.json" : "config.yml");
  const config = prepareConfig({ ...options, host: "127.0.0.1", storageFolder, ...files });
  writeFileSync(configFile, config, { mode: 0o600 });

  const container = `wharfinger-registry-${port}`;
  const calls = {
    distribution: ["serve", configFile],
    zot: ["serve", configFile],
    docker: [
      ...["run", "--rm", "--name", container, "--network", "host", "--user", ownAccount()],
      ...["-v", `${folder}:${folder}`, "--entrypoint", "registry", "registry:2", "serve", configFile],
    ],
  };
  const isContainer = program.kind === "docker";
  // A start that was killed may have left its container behind.
  const prepare = async () => {
    if (isContainer) spawnSync(program.command, ["rm", "--force", container], { timeout: 30_000 });
  };
  await prepare();
  await supervisor.start({
    name: "registry",
    label: "the registry",
    command: program.command,
    args: calls[program.kind],
    restarts: { prepare },
    // Distribution 3 would look for a trace collector.
    env: prepareChildEnvironment({ OTEL_TRACES_EXPORTER: "none" }),
  });
  const url = `http://localhost:${port}`;
  // The engine may have to fetch the image first.
  await supervisor.until(waitForRegistry(url, isContainer ? 300_000 : 60_000));
  return { url };
}

/** What a container writes is ours, whichever program reads it the next time. */
function ownAccount(): string {
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}

/** Only one way in is there at a time: what belongs to the other is removed. */
async function writeAccessFiles(
  folder: string,
  kind: RegistryProgram["kind"],
  access: RegistryAccess,
): Promise<{ htpasswdFile: string | null; tokenAuth: TokenAuthConfig | null }> {
  const htpasswdFile = join(folder, "htpasswd");
  rmSync(htpasswdFile, { force: true });
  if (access.kind === "tokens") {
    const { realm, service, issuer, rootPem, publicKeyPem } = access.trust;
    const path = join(folder, "tokens.pem");
    writeFileSync(path, kind === "zot" ? publicKeyPem : rootPem);
    const file = kind === "zot" ? { key: path } : { rootCertBundle: path };
    return { htpasswdFile: null, tokenAuth: { realm, service, issuer, file } };
  }
  if (access.logins.length === 0) return { htpasswdFile: null, tokenAuth: null };
  // Cost 5: the registry checks it on every request, and the passwords are long and random.
  const lines = await Promise.all(
    access.logins.map(async ({ user, password }) => `${user}:${await bcrypt.hash(password, 5)}\n`),
  );
  writeFileSync(htpasswdFile, lines.join(""), { mode: 0o600 });
  return { htpasswdFile, tokenAuth: null };
}

/** Waits until a registry answers its base address, signed in or not. */
export async function waitForRegistry(url: string, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      const response = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(5_000) });
      await response.body?.cancel();
      if (response.status === 200 || response.status === 401) return;
      throw new Error(`it answers ${response.status}`);
    } catch (error) {
      if (Date.now() > end) {
        throw new StartFault(`The registry at ${url} cannot be reached (${reasonOf(error)}).`);
      }
      await delay(50);
    }
  }
}

// fetch hides the reason, and a host with two addresses has one for each.
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return codeOf(inner) || codeOf(cause) || messageOf(error);
}
