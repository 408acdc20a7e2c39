import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findCommittedSecrets } from "./committed-secrets.ts";
import { findLockProblems } from "./lock-file.ts";
import { type ProgramResult, runProgram } from "./run-program.ts";
import { addTallies, emptyTally, failedTally, type Tally } from "./tally.ts";

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
  { name: "committed secrets", run: checkSecrets },
];

// A tool that cannot read the sources finds nothing wrong with them.
async function checkImports(root: string): Promise<ProgramResult> {
  const result = await runProgram(root, "depcruise", sourceFolders);
  const modules = Number(/([\d,]+) modules/.exec(result.output)?.[1]?.replaceAll(",", "") ?? 0);
  if (modules > 0) return result;
  return { ...result, code: 1, output: `${result.output}\nThe import rules were checked on no module.` };
}

/** S1: every package from the npm registry, pinned and with its hash, and no script of a package run by us. */
async function checkLockFile(root: string): Promise<ProgramResult> {
  const startedAt = performance.now();
  const read = (name: string) => readFileSync(join(root, name), "utf8");
  const problems = findLockProblems(
    JSON.parse(read("package-lock.json")),
    JSON.parse(read("package.json")),
    read(".npmrc"),
  );
  return summarize(problems, startedAt);
}

/** S1: nothing that git tracks holds a secret. */
async function checkSecrets(root: string): Promise<ProgramResult> {
  const startedAt = performance.now();
  return summarize(findCommittedSecrets(root).problems, startedAt);
}

function summarize(problems: string[], startedAt: number): ProgramResult {
  return {
    code: problems.length === 0 ? 0 : 1,
    output: problems.join("\n"),
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/** Runs all of them, two at a time; the output of a failed one is printed. */
export async function runStaticChecks(root: string): Promise<Tally> {
  const waiting = [...checks];
  const tallies: Tally[] = [];
  const runner = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const result = await check.run(root);
      const isGood = result.code === 0;
      tallies.push(isGood ? { ...emptyTally, passed: 1 } : failedTally(check.name, result.output));
      if (!isGood) console.log(result.output.trim());
      console.log(`${isGood ? "ok  " : "FAIL"} ${check.name} (${result.seconds.toFixed(1)} s)`);
    }
  };
  await Promise.all([runner(), runner()]);
  return addTallies(tallies);
}
