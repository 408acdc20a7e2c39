import { describe, expect, it } from "vitest";
import { findLockProblems } from "./static-checks.ts";

const npmrc = "save-exact=true\nignore-scripts=true\n";
const good = {
  version: "1.0.0",
  integrity: "sha512-abc",
  resolved: "https://registry.npmjs.org/a/-/a-1.0.0.tgz",
};

describe("S1: the lock file", () => {
  it("passes when every package has a version and a hash", () => {
    expect(findLockProblems({ packages: { "": {}, "node_modules/a": good } }, npmrc)).toEqual([]);
  });

  it.each([
    ["a missing hash", { ...good, integrity: undefined }, "node_modules/a has no sha512 hash."],
    ["a weak hash", { ...good, integrity: "sha1-abc" }, "node_modules/a has no sha512 hash."],
    [
      "another source",
      { ...good, resolved: "git+ssh://x/a" },
      "node_modules/a does not come from the npm registry.",
    ],
    ["a link", { ...good, link: true }, "node_modules/a has no version."],
  ])("fails on %s", (_, entry, problem) => {
    expect(findLockProblems({ packages: { "node_modules/a": entry } }, npmrc)).toEqual([problem]);
  });

  it("fails when packages may run scripts", () => {
    expect(findLockProblems({ packages: {} }, "")).toEqual([".npmrc must hold ignore-scripts=true."]);
  });
});
