import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";
import { countVitest, holdAgainstExit, type Tally } from "./tally.ts";

const kinds = ["db", "registry", "http"] as const;
type Kind = (typeof kinds)[number];

/** Runs the tests of one kind: `unit`, or those whose files end in `.<kind>.test.ts`. Failures are printed whole. */
export async function runVitest(options: {
  root: string;
  kinds: "unit" | Kind[];
  /** Of these kinds only the tests in these files. */
  files?: string[];
  env?: NodeJS.ProcessEnv;
  /** How many files run at a time; as many as there are cores when it is not given. */
  workers?: number;
}): Promise<Tally & { seconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), "wharfinger-vitest-"));
  const reportFile = join(folder, "report.json");
  const wanted = options.kinds === "unit" ? [] : options.kinds;
  const excluded = kinds.filter((kind) => !wanted.includes(kind));
  const names = options.files ?? wanted.map((kind) => `.${kind}.test.`);
  const args = ["run", ...names, "--passWithNoTests"];
  for (const kind of options.kinds === "unit" ? excluded : []) args.push("--exclude", `**/*.${kind}.test.*`);
  // Vitest leaves a core free, but most tests wait most of their time.
  args.push(`--maxWorkers=${options.workers ?? availableParallelism()}`);
  args.push("--reporter=dot", "--reporter=json", `--outputFile.json=${reportFile}`);
  const env = { ...process.env, ...options.env, NO_COLOR: "1" };
  const { code, output, seconds } = await runProgram(options.root, "vitest", args, env);
  const counted = existsSync(reportFile) ? countVitest(JSON.parse(readFileSync(reportFile, "utf8"))) : null;
  const tally = holdAgainstExit(counted, code, output);
  rmSync(folder, { recursive: true, force: true });
  if (tally.failures.length > 0) console.log(output.trim());
  return { ...tally, seconds };
}
