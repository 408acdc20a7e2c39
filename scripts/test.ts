// Every check of the project: npm test. Starts what it needs on free ports, beside a running demo, and ends with one
// line that says how many tests passed, failed and were skipped.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type FullTestStack, openFullTestStack } from "./checks/full-test-stack.ts";
import { runPlaywright } from "./checks/playwright-run.ts";
import { runStaticChecks } from "./checks/static-checks.ts";
import { addTallies, failedTally, formatTally, listFailures, type Tally } from "./checks/tally.ts";
import { runVitest } from "./checks/vitest-run.ts";
import { type Run, runToCompletion } from "./stack/run-to-completion.ts";
import { messageOf } from "./stack/start-fault.ts";

const root = join(import.meta.dirname, "..");
const tallies: Tally[] = [];
let isComplete = false;

await runToCompletion(async (run) => {
  const home = mkdtempSync(join(tmpdir(), "wharfinger-test-"));
  run.onStop(() => rmSync(home, { recursive: true, force: true }));
  run.onStop(reportTotal);
  tallies.push(await runStaticChecks(root));
  await runPart("unit tests", () => runVitest({ root, kinds: "unit" }));
  await runOnStack(home, run);
  isComplete = true;
});

async function runOnStack(home: string, run: Run): Promise<void> {
  let stack: FullTestStack;
  try {
    stack = await openFullTestStack({ root, home, run });
  } catch (error) {
    // What cannot be started has failed, and the line at the end must say so.
    console.log(`FAIL starting what the tests need: ${messageOf(error)}`);
    tallies.push(failedTally("starting what the tests need", messageOf(error)));
    return;
  }
  await runPart("database and registry tests", () =>
    runVitest({ root, kinds: ["db", "registry"], env: stack.environment }),
  );
  await runPart("tests of the running console", async () => {
    // Each pair of consoles takes a gigabyte.
    const workers = Math.min(4, availableParallelism());
    return runVitest({ root, kinds: ["http"], env: await stack.openAttackedConsoles(workers), workers });
  });
  if (existsSync(join(root, "playwright.config.ts"))) {
    await runPart("end-to-end tests", async () => runPlaywright(root, await stack.openFilledConsole()));
  }
}

async function runPart(name: string, part: () => Promise<Tally & { seconds: number }>): Promise<void> {
  try {
    const tally = await part();
    tallies.push(tally);
    console.log(
      `${tally.failures.length === 0 ? "ok  " : "FAIL"} ${name}: ${formatTally(tally)} (${tally.seconds.toFixed(1)} s)`,
    );
  } catch (error) {
    tallies.push(failedTally(name, messageOf(error)));
    console.log(`FAIL ${name}: ${messageOf(error)}`);
  }
}

// Last of all, also when somebody stops the tests: then the exit code says that not everything ran.
function reportTotal(): void {
  const total = addTallies(tallies);
  mkdirSync(join(root, "test-results"), { recursive: true });
  writeFileSync(join(root, "test-results", "summary.json"), `${JSON.stringify(total, null, 2)}\n`);
  for (const name of total.skipped) console.log(`skipped: ${name}`);
  for (const line of listFailures(total)) console.log(line);
  process.exitCode = isComplete && total.failures.length === 0 ? 0 : 1;
  console.log(formatTally(total));
}
