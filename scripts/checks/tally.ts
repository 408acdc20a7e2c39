/** What a part of the checks came to. */
export interface Tally {
  passed: number;
  failures: Failure[];
  /** Full names. */
  skipped: string[];
}

export interface Failure {
  name: string;
  /** The first lines of what was said about it; the whole stands in the part's own output. */
  why: string;
}

export const emptyTally: Tally = { passed: 0, failures: [], skipped: [] };

/** A part of the checks that says nothing but that it failed. */
export function failedTally(name: string, why: string): Tally {
  return { ...emptyTally, failures: [{ name, why: shorten(why) }] };
}

const outside = "outside of any test";

/** An error outside of any test leaves the counts clean but not the exit code; null where nothing was counted. */
export function holdAgainstExit(counted: Tally | null, code: number, output: string): Tally {
  if (counted !== null && (code === 0 || counted.failures.length > 0)) return counted;
  const end = output.trim().split("\n").slice(-shownLines).join("\n");
  return addTallies([counted ?? emptyTally, failedTally(outside, end)]);
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failures: tallies.flatMap((tally) => tally.failures),
    skipped: tallies.flatMap((tally) => tally.skipped),
  };
}

/** The last line of `npm test`. */
export function formatTally(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failures.length} failed, ${tally.skipped.length} skipped`;
}

/** What stands above that line, so that whoever reads only the end of a long run knows what to look at. */
export function listFailures(tally: Tally): string[] {
  return tally.failures.map(({ name, why }) => [`failed: ${name}`, ...why.split("\n")].join("\n    "));
}

const shownLines = 6;

// Colours of a terminal; the escape sign would be a control character in a pattern.
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

function shorten(why: string): string {
  const lines = why.replaceAll(colours, "").split("\n");
  return lines
    .map((line) => line.trim().slice(0, 300))
    .filter((line) => line !== "")
    .slice(0, shownLines)
    .join("\n");
}

interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

/** Counts the JSON report of vitest. A file that could not even be read counts as one failure. */
export function countVitest(report: VitestReport): Tally {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");
  return {
    passed: tests.filter((test) => test.status === "passed").length,
    failures: [
      ...tests
        .filter((test) => test.status === "failed")
        .map((test) => ({ name: test.fullName, why: shorten(test.failureMessages?.join("\n") ?? "") })),
      ...broken.map((file) => ({ name: file.name, why: shorten(file.message ?? "") })),
    ],
    skipped: skipped.map((test) => test.fullName),
  };
}

interface PlaywrightSuite {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: { title: string; tests: PlaywrightTest[] }[];
}

interface PlaywrightTest {
  status: string;
  results?: { errors?: PlaywrightError[] }[];
}

interface PlaywrightError {
  message?: string;
}

interface PlaywrightReport {
  suites: PlaywrightSuite[];
  errors: PlaywrightError[];
}

/** Counts the JSON report of Playwright. A test that passed only when tried again has failed. */
export function countPlaywright(report: PlaywrightReport): Tally {
  const total: Tally = {
    passed: 0,
    failures: report.errors.map((error) => ({ name: outside, why: wordsOf([error]) })),
    skipped: [],
  };
  const visit = (suite: PlaywrightSuite, path: string) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === "expected") total.passed++;
        else if (test.status === "skipped") total.skipped.push(`${path} ${spec.title}`);
        else
          total.failures.push({
            name: `${path} ${spec.title}`,
            why: wordsOf(test.results?.flatMap((result) => result.errors ?? []) ?? []),
          });
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, `${path} ${inner.title}`.trim());
  };
  for (const suite of report.suites) visit(suite, suite.title);
  return total;
}

function wordsOf(errors: readonly PlaywrightError[]): string {
  return shorten(errors.map((error) => error.message ?? "").join("\n"));
}

// Programs that only Go can bring here, or a person; everything else must run where apt works.
const optionalPeers = /\b(distribution 3|zot|crane|oras|cosign|docker_auth|notation)\b/i;

// Tests of real manifests that lie beside the checkout, where somebody has them.
const samples = /\bof the samples\b/;

// Some containers let nobody look at what a process does.
const conditions = /\(no ptrace here\)/;

/** Skips that no machine with apt may have. */
export function findForbiddenSkips(skipped: readonly string[]): string[] {
  return skipped.filter((name) => !optionalPeers.test(name) && !samples.test(name) && !conditions.test(name));
}
