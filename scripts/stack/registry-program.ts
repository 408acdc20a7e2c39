import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { unpackDebianRegistry } from "./debian-registry.ts";
import { StartFault } from "./start-fault.ts";

/** A registry that we can run ourselves. */
export interface RegistryProgram {
  kind: "distribution" | "zot" | "docker";
  command: string;
  /** Where it came from, for the progress line. */
  origin: string;
}

const namesOnPath = ["registry", "docker-registry", "zot"];

/**
 * The registry program to run: the one named by REGISTRY_BIN, else one on the PATH, else Debian's package unpacked
 * into the home folder, else the Docker engine's.
 */
export async function findRegistryProgram(options: {
  home: string;
  registryBin: string | undefined;
  report: (line: string) => void;
}): Promise<RegistryProgram> {
  if (options.registryBin !== undefined) {
    const named = inspect(options.registryBin, "REGISTRY_BIN");
    if (!named) {
      throw new StartFault(
        `REGISTRY_BIN names ${options.registryBin}, which does not run as a registry: name a distribution or zot program.`,
      );
    }
    return named;
  }
  for (const name of namesOnPath) {
    const path = findOnPath(name);
    const found = path ? inspect(path, "the PATH") : null;
    if (found) return found;
  }
  const unpacked = unpackDebianRegistry(options.home, options.report);
  const debian = unpacked.path ? inspect(unpacked.path, "Debian's docker-registry package") : null;
  if (debian) return debian;
  if (hasDockerEngine()) return { kind: "docker", command: "docker", origin: "the Docker engine" };
  throw new StartFault(
    `No registry was found${unpacked.reason ? ` (${unpacked.reason})` : ""}: install one (apt-get install docker-registry), name a program with REGISTRY_BIN, or give the address of a running one with REGISTRY_URL.`,
  );
}

function findOnPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder === "" || folder.includes("node_modules")) continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

// Something else may be called "registry": only a program that names itself is taken.
function inspect(path: string, origin: string): RegistryProgram | null {
  if (!existsSync(path)) return null;
  const run = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 10_000 });
  const says = `${run.stdout ?? ""}${run.stderr ?? ""}`;
  if (/distribution/i.test(says)) return { kind: "distribution", command: path, origin };
  if (run.status === 0 && (/zot/i.test(says) || basename(path).startsWith("zot"))) {
    return { kind: "zot", command: path, origin };
  }
  return null;
}

function hasDockerEngine(): boolean {
  if (!findOnPath("docker")) return false;
  return (
    spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 10_000 }).status === 0
  );
}
