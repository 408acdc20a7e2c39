import { ensureOwnRegistry } from "#lib/registries/bootstrap";
import { verifyMasterKey } from "#lib/secrets/service";
import type { OpenRegistry } from "./open-registry.ts";
import { messageOf, StartFault } from "./start-fault.ts";

/** Connects the registry of this start in the console. Returns its slug there. */
export async function connectOwnRegistry(options: {
  environment: NodeJS.ProcessEnv;
  registry: OpenRegistry;
}): Promise<string> {
  const { registry, environment } = options;
  // The services read these as the console does; they were filled in after this process began.
  for (const name of ["DATABASE_URL", "WHARFINGER_MASTER_KEY"]) process.env[name] = environment[name];
  try {
    await verifyMasterKey();
  } catch (error) {
    throw new StartFault(messageOf(error));
  }
  const { host } = new URL(registry.url);
  return ensureOwnRegistry({
    url: registry.url,
    slug: registry.isOurs
      ? "local"
      : host
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, "-")
          .replace(/^-|-$/g, ""),
    name: registry.isOurs ? "Local registry" : host,
    login: registry.consoleLogin,
    ingestSecret: registry.ingestSecret,
  });
}
