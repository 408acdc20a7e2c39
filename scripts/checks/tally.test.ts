import { describe, expect, it } from "vitest";
import { addTallies, countPlaywright, countVitest, findForbiddenSkips, formatTally } from "./tally.ts";

describe("tally", () => {
  it("counts vitest's report, a broken file as one failure", () => {
    const tally = countVitest({
      testResults: [
        {
          name: "a.test.ts",
          status: "failed",
          assertionResults: [
            { fullName: "a one", status: "passed" },
            { fullName: "a two", status: "failed" },
            { fullName: "a three", status: "pending" },
          ],
        },
        { name: "broken.test.ts", status: "failed", assertionResults: [] },
      ],
    });
    expect(tally).toEqual({ passed: 1, failed: 2, skipped: ["a three"] });
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
                { title: "moves", tests: [{ status: "flaky" }] },
                { title: "with zot", tests: [{ status: "skipped" }] },
              ],
            },
          ],
        },
      ],
    });
    expect(tally).toEqual({ passed: 1, failed: 1, skipped: ["browse.spec.ts history with zot"] });
  });

  it("says the last line", () => {
    const parts = [
      { passed: 2, failed: 0, skipped: ["x"] },
      { passed: 3, failed: 1, skipped: [] },
    ];
    expect(formatTally(addTallies(parts))).toBe("5 passed, 1 failed, 1 skipped");
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
