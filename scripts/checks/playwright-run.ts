import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";
import { countPlaywright, type Tally } from "./tally.ts";

/** Runs the end-to-end tests in Chromium; the list of failures is printed. */
export async function runPlaywright(
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<Tally & { seconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), "wharfinger-playwright-"));
  const reportFile = join(folder, "report.json");
  const { code, output, seconds } = await runProgram(root, "playwright", ["test", "--reporter=line,json"], {
    ...env,
    PLAYWRIGHT_JSON_OUTPUT_NAME: reportFile,
    NO_COLOR: "1",
  });
  const tally = existsSync(reportFile)
    ? countPlaywright(JSON.parse(readFileSync(reportFile, "utf8")))
    : { passed: 0, failed: 1, skipped: [] };
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  if (tally.failed > 0) console.log(output.trim());
  return { ...tally, seconds };
}
