import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";
import { countPlaywright, holdAgainstExit, type Tally } from "./tally.ts";

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
  const counted = existsSync(reportFile)
    ? countPlaywright(JSON.parse(readFileSync(reportFile, "utf8")))
    : null;
  const tally = holdAgainstExit(counted, code, output);
  rmSync(folder, { recursive: true, force: true });
  if (tally.failures.length > 0) console.log(output.trim());
  return { ...tally, seconds };
}
