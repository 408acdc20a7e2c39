// Fails when the last run of npm test skipped something that this machine could have run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findForbiddenSkips, formatTally, type Tally } from "./tally.ts";

const path = join(import.meta.dirname, "..", "..", "test-results", "summary.json");
const tally: Tally = JSON.parse(readFileSync(path, "utf8"));
const forbidden = findForbiddenSkips(tally.skipped);
for (const name of forbidden) console.error(`must not be skipped: ${name}`);
console.log(formatTally(tally));
process.exitCode = forbidden.length === 0 ? 0 : 1;
