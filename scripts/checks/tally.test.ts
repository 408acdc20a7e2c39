import { describe, expect, it } from "vitest";
import {
  addTallies,
  countPlaywright,
  countVitest,
  findForbiddenSkips,
  formatTally,
  holdAgainstExit,
  listFailures,
} from "./tally.ts";

describe("tally", () => {
  it("counts vitest's report, a broken file as one failure", () => {
    const tally = countVitest({
      testResults: [
        {
          name: "a.test.ts",
          status: "failed",
          assertionResults: [
            { fullName: "a one", status: "passed" },
            { fullName: "a two", status: "failed", failureMessages: ["expected 1\n\n    at a.test.ts:3"] },
            { fullName: "a three", status: "pending" },
          ],
        },
        { name: "broken.test.ts", status: "failed", message: "No such module", assertionResults: [] },
      ],
    });
    expect(tally).toEqual({
      passed: 1,
      failures: [
        { name: "a two", why: "expected 1\nat a.test.ts:3" },
        { name: "broken.test.ts", why: "No such module" },
      ],
      skipped: ["a three"],
    });
  });

  it("counts Playwright's report over nested suites, a flaky test as failed", () => {
    const tally = countPlaywright({
      errors: [],
      suites: [
        {
          title: "browse.spec.ts",
          specs: [{ title: "lists", tests: [{ status: "expected" }] }],
          suites: [
            {
              title: "history",
              specs: [
                {
                  title: "moves",
                  tests: [
                    { status: "flaky", results: [{ errors: [{ message: "\u001b[31mNot seen\u001b[39m" }] }] },
                  ],
                },
                { title: "with zot", tests: [{ status: "skipped" }] },
              ],
            },
          ],
        },
      ],
    });
    expect(tally).toEqual({
      passed: 1,
      failures: [{ name: "browse.spec.ts history moves", why: "Not seen" }],
      skipped: ["browse.spec.ts history with zot"],
    });
  });

  it("says the last line, and above it what failed and why", () => {
    const total = addTallies([
      { passed: 2, failures: [], skipped: ["x"] },
      { passed: 3, failures: [{ name: "moves", why: "Not seen\nin 20 s" }], skipped: [] },
    ]);
    expect(formatTally(total)).toBe("5 passed, 1 failed, 1 skipped");
    expect(listFailures(total)).toEqual(["failed: moves\n    Not seen\n    in 20 s"]);
  });

  it("counts an end that no test explains as a failure, with its last words", () => {
    const clean = { passed: 3, failures: [], skipped: [] };
    expect(holdAgainstExit(clean, 0, "")).toEqual(clean);
    // Where no report was written, nothing has passed.
    expect(formatTally(holdAgainstExit(null, 0, ""))).toBe("0 passed, 1 failed, 0 skipped");
    const held = holdAgainstExit(clean, 1, `${"dots\n".repeat(50)}Unhandled rejection`);
    expect(formatTally(held)).toBe("3 passed, 1 failed, 0 skipped");
    expect(listFailures(held).join()).toContain("Unhandled rejection");
  });

  it("forgives only skips of parts that need Go or a program of somebody's own", () => {
    const skipped = [
      "crawl with distribution 3 finds tags",
      "sign in works",
      "zot: referrers",
      "azote is counted",
      "real manifests of the samples reads them",
      "crane is not on this machine (needs Go: npm run peers): pushes",
    ];
    expect(findForbiddenSkips(skipped)).toEqual(["sign in works", "azote is counted"]);
  });
});
