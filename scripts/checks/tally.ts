/** What a part of the checks came to. */
export interface Tally {
  passed: number;
  failed: number;
  /** Full names. */
  skipped: string[];
}

export const emptyTally: Tally = { passed: 0, failed: 0, skipped: [] };

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skipped: tallies.flatMap((tally) => tally.skipped),
  };
}

/** The last line of `npm test`. */
export function formatTally(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped.length} skipped`;
}

interface VitestReport {
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string }[];
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
    failed: tests.filter((test) => test.status === "failed").length + broken.length,
    skipped: skipped.map((test) => test.fullName),
  };
}

interface PlaywrightSuite {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: { title: string; tests: { status: string }[] }[];
}

interface PlaywrightReport {
  suites: PlaywrightSuite[];
  errors: unknown[];
}

/** Counts the JSON report of Playwright. A test that passed only when tried again has failed. */
export function countPlaywright(report: PlaywrightReport): Tally {
  const total: Tally = { passed: 0, failed: report.errors.length, skipped: [] };
  const visit = (suite: PlaywrightSuite, path: string) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === "expected") total.passed++;
        else if (test.status === "skipped") total.skipped.push(`${path} ${spec.title}`);
        else total.failed++;
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, `${path} ${inner.title}`.trim());
  };
  for (const suite of report.suites) visit(suite, suite.title);
  return total;
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
