import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findLockProblems, type LockFile } from "./lock-file.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (name: string) => readFileSync(join(root, name), "utf8");
const npmrc = "save-exact=true\nignore-scripts=true\n";
const integrity = `sha512-${"a".repeat(86)}==`;
const good = { version: "1.0.0", integrity, resolved: "https://registry.npmjs.org/a/-/a-1.0.0.tgz" };
const lockOf = (packages: LockFile["packages"]): LockFile => ({ lockfileVersion: 3, packages });

describe("S1: the lock file", () => {
  it("of this project is clean, and every single edit of an entry is seen", () => {
    const [lock, packageFile] = [JSON.parse(read("package-lock.json")), JSON.parse(read("package.json"))];
    expect(findLockProblems(lock, packageFile, read(".npmrc"))).toEqual([]);
    for (const [path, entry] of Object.entries<object>(lock.packages)) {
      if (path === "" || "inBundle" in entry) continue;
      for (const edit of [
        { integrity: undefined },
        { resolved: "git+ssh://git@github.com/a/a.git#1" },
        { resolved: "https://registry.npmjs.org/other/-/other-1.0.0.tgz" },
        { link: true },
      ]) {
        const packages = { [path]: { ...entry, ...edit } };
        expect(findLockProblems(lockOf(packages), {}, npmrc)).toEqual([expect.stringContaining(path)]);
      }
    }
  });

  it("passes when every package has a version and a hash, a bundled one the hash around it", () => {
    const packages = {
      "": {},
      "node_modules/a": good,
      "node_modules/a/node_modules/b": { version: "2.0.0", inBundle: true },
      "node_modules/c": { ...good, name: "a", hasInstallScript: false },
    };
    expect(findLockProblems(lockOf(packages), {}, npmrc)).toEqual([]);
  });

  const tampered: [string, LockFile["packages"][string], string][] = [
    ["a missing hash", { ...good, integrity: undefined }, "has no sha512 hash."],
    ["a weak hash", { ...good, integrity: "sha1-abc" }, "has no sha512 hash."],
    ["a cut hash", { ...good, integrity: "sha512-abc" }, "has no sha512 hash."],
    ["a claimed bundle", { ...good, integrity: undefined, inBundle: true }, "has no sha512 hash."],
    ["a link", { ...good, link: true }, "has no version."],
    ["a new script", { ...good, hasInstallScript: true }, "has an install script, and is not known"],
    ...[
      "git+ssh://git@github.com/a/a.git#1",
      "http://registry.npmjs.org/a/-/a-1.0.0.tgz",
      "https://registry.npmjs.org.example.com/a/-/a-1.0.0.tgz",
      "https://registry.npmjs.org@example.com/a/-/a-1.0.0.tgz",
      "https://registry.npmjs.org/aa/-/aa-1.0.0.tgz",
      "https://registry.npmjs.org/a/-/a-1.0.1.tgz",
      "file:../a",
    ].map((resolved): (typeof tampered)[number] => [
      resolved,
      { ...good, resolved },
      "does not come from the npm registry",
    ]),
  ];
  it.each(tampered)("fails on %s", (_, entry, problem) => {
    const problems = findLockProblems(lockOf({ "node_modules/a": entry }), {}, npmrc);
    expect(problems).toEqual([expect.stringContaining(`node_modules/a ${problem}`)]);
  });

  it.each([
    ["^1.0.0"],
    ["1.x"],
    ["latest"],
    ["*"],
    ["git+https://github.com/a/a.git"],
    ["https://example.com/a.tgz"],
    ["file:../a"],
    ["npm:b@^1.0.0"],
  ])("fails on a version that is not exact: %s", (range) => {
    const lock = lockOf({ "": { dependencies: { a: range } }, "node_modules/a": good });
    expect(findLockProblems(lock, { dependencies: { a: range } }, npmrc)).toEqual([
      `a is not pinned exactly in package.json: ${range}.`,
    ]);
  });

  it("fails when it holds something else than package.json names", () => {
    const lock = lockOf({ "": { dependencies: { a: "1.0.0", b: "1.0.0" } }, "node_modules/a": good });
    expect(findLockProblems(lock, { dependencies: { a: "1.0.1" } }, npmrc)).toEqual([
      "a is not what package.json names: 1.0.1.",
      "b is in package-lock.json, but not in package.json.",
    ]);
  });

  it("fails when packages may run scripts, or come from elsewhere", () => {
    expect(findLockProblems(lockOf({}), {}, "")).toEqual([".npmrc must hold ignore-scripts=true."]);
    for (const line of ["registry=https://example.com/", "@team:registry = https://example.com/"])
      expect(findLockProblems(lockOf({}), {}, `${npmrc}${line}\n`)).toEqual([
        ".npmrc must not name another registry.",
      ]);
    expect(findLockProblems({ packages: {} }, {}, npmrc)).toEqual(["package-lock.json is not of version 3."]);
  });
});
