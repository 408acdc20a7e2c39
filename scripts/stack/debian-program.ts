import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Downloads one Debian package and unpacks it under `<home>/packages/<name>`, once. Libraries that it needs and this
 * machine lacks are put beside it.
 */
export function unpackDebianProgram(options: {
  home: string;
  name: string;
  program: string;
  report: (line: string) => void;
}): { path: string | null; reason: string | null } {
  const { name, report } = options;
  const packages = join(options.home, "packages");
  const folder = join(packages, name);
  const path = join(folder, options.program);
  if (existsSync(path)) return { path, reason: null };

  const partial = `${folder}.new`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const download = (...settings: string[]) =>
    spawnSync("apt-get", ["-q", ...settings, "download", name], {
      cwd: partial,
      encoding: "utf8",
      timeout: 180_000,
    });

  report(`Downloading Debian's ${name} package`);
  let run = download();
  if (run.error) return { path: null, reason: "apt-get is not there to download Debian's package" };
  if (run.status !== 0) {
    // The package lists may be missing or old. A list folder of our own needs no root.
    const lists = join(packages, "apt");
    mkdirSync(join(lists, "lists", "partial"), { recursive: true });
    mkdirSync(join(lists, "cache", "archives", "partial"), { recursive: true });
    const own = [
      "-o",
      `Dir::State::lists=${join(lists, "lists")}`,
      "-o",
      `Dir::Cache=${join(lists, "cache")}`,
    ];
    const settings = process.getuid?.() === 0 ? [] : own;
    report("Updating the Debian package lists");
    spawnSync("apt-get", ["-q", ...settings, "update"], { encoding: "utf8", timeout: 180_000 });
    run = download(...settings);
  }
  if (run.status === 0)
    for (const library of listMissingLibraries(name)) {
      spawnSync("apt-get", ["-q", "download", library], { cwd: partial, timeout: 180_000 });
    }
  const archives = readdirSync(partial).filter((file) => file.endsWith(".deb"));
  if (run.status !== 0 || archives.length === 0) {
    const detail = run.stderr
      .split("\n")
      .findLast((line) => line.startsWith("E:"))
      ?.slice(2)
      .trim();
    return { path: null, reason: `Debian's ${name} could not be downloaded${detail ? `: ${detail}` : ""}` };
  }
  for (const archive of archives) {
    const unpack = spawnSync("dpkg", ["-x", archive, "."], { cwd: partial, encoding: "utf8" });
    if (unpack.status !== 0) return { path: null, reason: `Debian's ${name} could not be unpacked` };
    rmSync(join(partial, archive), { force: true });
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return { path: existsSync(path) ? path : null, reason: null };
}

/** The library packages that an install of the package would bring along. */
function listMissingLibraries(name: string): string[] {
  const args = ["-qq", "install", "--print-uris", "--no-install-recommends", name];
  const { stdout } = spawnSync("apt-get", args, { encoding: "utf8", timeout: 60_000 });
  return [...(stdout ?? "").matchAll(/^'[^']+' (lib[^_ ]+)_/gm)].map(([, library = ""]) => library);
}
