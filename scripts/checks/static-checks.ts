import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ProgramResult, runProgram } from "./run-program.ts";
import type { Tally } from "./tally.ts";

interface Check {
  name: string;
  run(root: string): Promise<ProgramResult>;
}

const sourceFolders = ["app", "components", "lib", "scripts", "e2e", "bench", "server.ts", "worker.ts"];

/** Independent of each other; the slow one first. */
const checks: Check[] = [
  { name: "types", run: (root) => runProgram(root, "tsc", ["--noEmit"]) },
  { name: "lint and format", run: (root) => runProgram(root, "biome", ["check", ".", "--colors=off"]) },
  { name: "import rules", run: checkImports },
  { name: "lock file", run: checkLockFile },
];

// A tool that cannot read the sources finds nothing wrong with them.
async function checkImports(root: string): Promise<ProgramResult> {
  const result = await runProgram(root, "depcruise", sourceFolders);
  const modules = Number(/([\d,]+) modules/.exec(result.output)?.[1]?.replaceAll(",", "") ?? 0);
  if (modules > 0) return result;
  return { ...result, code: 1, output: `${result.output}\nThe import rules were checked on no module.` };
}

/** S1: every package from the npm registry and with its hash, none with an install script that we would run. */
async function checkLockFile(root: string): Promise<ProgramResult> {
  const result = await runProgram(root, "lockfile-lint", [
    ...["--path", "package-lock.json", "--type", "npm"],
    ...["--validate-https", "--allowed-hosts", "npm"],
  ]);
  const problems = findLockProblems(
    JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")),
    readFileSync(join(root, ".npmrc"), "utf8"),
  );
  if (problems.length === 0) return result;
  return { ...result, code: 1, output: `${result.output}\n${problems.join("\n")}` };
}

interface LockFile {
  packages: Record<string, { version?: string; integrity?: string; resolved?: string; link?: boolean }>;
}

/** What is wrong with a lock file, one sentence each. Pure. */
export function findLockProblems(lock: LockFile, npmrc: string): string[] {
  const problems: string[] = [];
  if (!/^ignore-scripts=true$/m.test(npmrc)) problems.push(".npmrc must hold ignore-scripts=true.");
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === "") continue;
    if (entry.link || !entry.version) problems.push(`${path} has no version.`);
    else if (!entry.integrity?.startsWith("sha512-")) problems.push(`${path} has no sha512 hash.`);
    if (entry.resolved && !entry.resolved.startsWith("https://registry.npmjs.org/")) {
      problems.push(`${path} does not come from the npm registry.`);
    }
  }
  return problems;
}

/** Runs all of them, two at a time; the output of a failed one is printed. */
export async function runStaticChecks(root: string): Promise<Tally> {
  const waiting = [...checks];
  const tally: Tally = { passed: 0, failed: 0, skipped: [] };
  const runner = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const result = await check.run(root);
      const isGood = result.code === 0;
      if (isGood) tally.passed++;
      else tally.failed++;
      if (!isGood) console.log(result.output.trim());
      console.log(`${isGood ? "ok  " : "FAIL"} ${check.name} (${result.seconds.toFixed(1)} s)`);
    }
  };
  await Promise.all([runner(), runner()]);
  return tally;
}
