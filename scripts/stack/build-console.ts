import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareToolEnvironment } from "./child-environment.ts";
import { StartFault } from "./start-fault.ts";

/** What a build is made from. Tests and generated files do not count. */
const inputs = [
  "app",
  "components",
  "lib",
  "public",
  "next.config.ts",
  "package-lock.json",
  "postcss.config.mjs",
  "proxy.ts",
  "tsconfig.json",
  "prisma/schema",
];
const ignored = /(\.test\.tsx?|[/\\]generated)$/;

/**
 * Builds the console for production unless the last build is of the same sources. `distDir` is where, relative to
 * the root; a second one lets tests build beside a console that runs.
 */
export async function buildConsole(options: {
  root: string;
  distDir: string;
  logFile: string;
  report: (line: string) => void;
  onChild?: (stop: () => void) => void;
}): Promise<void> {
  const { root, distDir } = options;
  const stamp = hashSources(root);
  const stampFile = join(root, distDir, "wharfinger-sources");
  if (isBuilt(root, distDir, stamp)) return;
  options.report("Building the console");
  rmSync(stampFile, { force: true });
  const log = createWriteStream(options.logFile, { flags: "w" });
  const child = spawn(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    env: prepareToolEnvironment({ NEXT_TELEMETRY_DISABLED: "1", WHARFINGER_DIST_DIR: distDir }),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  options.onChild?.(() => {
    // next starts workers of its own: the group goes as one.
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  log.end();
  if (code !== 0) {
    if (/ENOSPC/.test(readFileSync(options.logFile, "utf8"))) {
      throw new StartFault(`The disk of ${root} is full: make room and run the same command again.`);
    }
    throw new StartFault(`The console could not be built: see ${options.logFile}.`);
  }
  writeFileSync(stampFile, stamp);
}

export function isBuilt(root: string, distDir: string, stamp = hashSources(root)): boolean {
  const stampFile = join(root, distDir, "wharfinger-sources");
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
}

function hashSources(root: string): string {
  const hash = createHash("sha256");
  for (const path of inputs.flatMap((input) => listFiles(root, input)).sort()) {
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

function listFiles(root: string, path: string): string[] {
  const full = join(root, path);
  if (!existsSync(full) || ignored.test(path)) return [];
  try {
    return readdirSync(full).flatMap((name) => listFiles(root, join(path, name)));
  } catch {
    return [path];
  }
}
