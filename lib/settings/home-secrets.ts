import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const homeSecretsSchema = z.object({
  masterKey: z.string().min(32),
  sessionSecret: z.string().min(32),
  postgresPassword: z.string().min(32),
  /** A login for the registry that we run ourselves; the console has one of its own beside it. */
  registryPassword: z.string().min(16),
  registryConsolePassword: z.string().min(32),
  registryHttpSecret: z.string().min(32),
  /** What the registry that we run sends with its notifications. */
  ingestSecret: z.string().min(32),
  /** With this the demo fills the console; only `npm run demo` makes it known to the console. */
  demoApiKey: z.string().min(32),
});

export type HomeSecrets = z.infer<typeof homeSecretsSchema>;

function generate(): HomeSecrets {
  const secret = () => randomBytes(32).toString("base64url");
  return {
    masterKey: secret(),
    sessionSecret: secret(),
    postgresPassword: secret(),
    registryPassword: randomBytes(12).toString("base64url"),
    registryConsolePassword: secret(),
    registryHttpSecret: secret(),
    ingestSecret: secret(),
    demoApiKey: secret(),
  };
}

/** The secrets of a home folder, made on its first use and readable by their owner only. */
export function ensureHomeSecrets(home: string): HomeSecrets {
  mkdirSync(home, { recursive: true });
  const path = join(home, "secrets.json");
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    const parsed = homeSecretsSchema.safeParse(readJson(path));
    if (parsed.success) return parsed.data;
    throw new Error(`${path} is damaged: restore it, or move ${home} away to begin anew.`);
  }
  const secrets = generate();
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  return secrets;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
