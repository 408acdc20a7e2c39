// The tests that npm test runs with reduced counts, with the full ones: npm run fuzz, or npm run fuzz -- <part of a
// file's name> for some of them. Takes an hour or more.
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFullTestStack } from "./checks/full-test-stack.ts";
import { addTallies, formatTally, listFailures, type Tally } from "./checks/tally.ts";
import { runVitest } from "./checks/vitest-run.ts";
import { runToCompletion } from "./stack/run-to-completion.ts";
import { StartFault } from "./stack/start-fault.ts";

const root = join(import.meta.dirname, "..");
const wanted = process.argv.slice(2);

await runToCompletion(async (run) => {
  const files = findFuzzedFiles();
  if (files.length === 0) throw new StartFault("No test with reduced counts has such a name.");
  run.report(`     Full counts of ${files.length} test files`);
  const home = mkdtempSync(join(tmpdir(), "wharfinger-fuzz-"));
  run.onStop(() => rmSync(home, { recursive: true, force: true }));
  const isOnStack = (file: string) => /\.(?:db|registry)\.test\./.test(file);
  const tallies: Tally[] = [];
  const runPart = async (name: string, part: Promise<Tally & { seconds: number }>) => {
    const tally = await part;
    tallies.push(tally);
    const mark = tally.failures.length === 0 ? "ok  " : "FAIL";
    run.report(`${mark} ${name}: ${formatTally(tally)} (${tally.seconds.toFixed(1)} s)`);
  };

  const unit = files.filter((file) => !isOnStack(file));
  if (unit.length > 0) {
    const env = { ...process.env, FUZZ: "1" };
    await runPart("unit tests", runVitest({ root, kinds: "unit", files: unit, env }));
  }
  const onStack = files.filter(isOnStack);
  if (onStack.length > 0) {
    const stack = await openFullTestStack({ root, home, run });
    const env = { ...stack.environment, FUZZ: "1" };
    // One file after the other: some of them measure time.
    const options = {
      root,
      kinds: ["db" as const, "registry" as const],
      files: onStack,
      env,
      workers: 1,
    };
    await runPart("database and registry tests", runVitest(options));
  }
  const total = addTallies(tallies);
  for (const name of total.skipped) run.report(`skipped: ${name}`);
  for (const line of listFailures(total)) run.report(line);
  run.report(formatTally(total));
  if (total.failures.length > 0) process.exitCode = 1;
});

function findFuzzedFiles(): string[] {
  return globSync("{lib,components,app,scripts}/**/*.test.{ts,tsx}", { cwd: root })
    .filter((file) => !/\.http\.test\./.test(file))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .filter((file) =>
      /from "(?:fast-check|#lib\/testing\/fuzz-runs)"/.test(readFileSync(join(root, file), "utf8")),
    )
    .sort();
}
