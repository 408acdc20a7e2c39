import { expect, it } from "vitest";
import { matchesPattern } from "#lib/auth/pattern";
import { patternsOverlap } from "#lib/auth/pattern-overlap";

const names = ["a", "b", "ab", "a/a", "a/b", "a/a/a", "a/a/b", "ab/a", "b/a", "a/a/a/a"];
const patterns = ["a", "a/a", "a/a/b", "*", "**", "a/*", "a/**", "a/a/*", "a/a/**", "b/*", "ab/**", "a/b"];

it("T5: finds the overlap that trying every name finds", () => {
  for (const left of patterns)
    for (const right of patterns) {
      const tried = names.some((name) => matchesPattern(left, name) && matchesPattern(right, name));
      expect([left, right, patternsOverlap(left, right)]).toEqual([left, right, tried]);
    }
  expect(patternsOverlap(null, "a/*")).toBe(true);
  expect(patternsOverlap("a/*", null)).toBe(true);
  expect(patternsOverlap(null, "../*")).toBe(false);
});
