// Types, lint, import rules, the lock file and unit tests, without a database: npm run check
import { join } from "node:path";
import { runStaticChecks } from "./checks/static-checks.ts";
import { addTallies, formatTally, listFailures } from "./checks/tally.ts";
import { runVitest } from "./checks/vitest-run.ts";

const root = join(import.meta.dirname, "..");
const checks = await runStaticChecks(root);
const unit = await runVitest({ root, kinds: "unit" });
console.log(`${unit.failures.length === 0 ? "ok  " : "FAIL"} unit tests (${unit.seconds.toFixed(1)} s)`);
const total = addTallies([checks, unit]);
for (const line of listFailures(total)) console.log(line);
console.log(formatTally(total));
process.exitCode = total.failures.length === 0 ? 0 : 1;
