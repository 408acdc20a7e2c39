import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import bcrypt from "bcryptjs";
import { prepareChildEnvironment } from "./child-environment.ts";
import { prepareDistributionConfig, prepareZotConfig } from "./registry-config.ts";
import type { RegistryProgram } from "./registry-program.ts";
import { codeOf, messageOf, StartFault } from "./start-fault.ts";
import type { Supervisor } from "./supervisor.ts";

export interface RegistryLogin {
  user: string;
  password: string;
}

/** Starts a registry of our own on loopback with its storage in `<home>/registry`, and waits until it answers. */
export async function startRegistry(options: {
  program: RegistryProgram;
  home: string;
  port: number;
  /** Empty means that anybody may do anything. */
  logins: RegistryLogin[];
  httpSecret: string;
  notifications: { url: string; secret: string } | null;
  supervisor: Supervisor;
}): Promise<{ url: string }> {
  const { program, port, supervisor } = options;
  const folder = join(options.home, "registry");
  const storageFolder = join(folder, "data");
  mkdirSync(storageFolder, { recursive: true });
  chmodSync(folder, 0o700);

  const htpasswdFile = options.logins.length > 0 ? join(folder, "htpasswd") : null;
  if (htpasswdFile) {
    // Cost 5: the registry checks it on every request, and the passwords are long and random.
    const lines = await Promise.all(
      options.logins.map(async ({ user, password }) => `${user}:${await bcrypt.hash(password, 5)}\n`),
    );
    writeFileSync(htpasswdFile, lines.join(""), { mode: 0o600 });
  }
  const prepareConfig = program.kind === "zot" ? prepareZotConfig : prepareDistributionConfig;
  const configFile = join(folder, program.kind === "zot" ? "config.json" : "config.yml");
  const config = prepareConfig({ ...options, host: "127.0.0.1", storageFolder, htpasswdFile });
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
