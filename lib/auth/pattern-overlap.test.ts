import fc from "fast-check";
import { expect, it } from "vitest";
import { matchesPattern } from "#lib/auth/pattern";
import {
  intersectPatterns,
  listCoveringPatterns,
  listWiderPatterns,
  patternContains,
  patternsOverlap,
  reducePatterns,
} from "#lib/auth/pattern-overlap";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

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

it("finds what lies inside what: team/api/** in team/**, and nothing beside it", () => {
  const inside: [string | null, string | null][] = [
    ["team/**", "team/api/**"],
    ["team/**", "team/*"],
    ["team/**", "team/api"],
    ["team/*", "team/api"],
    ["**", "*"],
    ["**", null],
    [null, "**"],
    [null, null],
  ];
  for (const [outer, inner] of inside)
    expect([outer, inner, patternContains(outer, inner)]).toEqual([outer, inner, true]);
  const outside: [string | null, string | null][] = [
    ["team/**", "team"],
    ["team/**", "teams/api"],
    ["team/*", "team/api/x"],
    ["team/*", "team/**"],
    ["team/*", "team/api/*"],
    ["team/api", "team/*"],
    ["*", "**"],
    ["team/**", null],
    ["team/**", "Team/api"],
    ["team/**", "team/../x"],
    ["../**", "a"],
  ];
  for (const [outer, inner] of outside)
    expect([outer, inner, patternContains(outer, inner)]).toEqual([outer, inner, false]);
});

const segment = fc.constantFrom("a", "b", "ab", "a-b", "a.b");
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom("", "*", "**"))
  .map(([segments, star]) => [...segments, ...(star === "" ? [] : [star])].join("/"))
  .filter((text) => text !== "");

const runs = { numRuns: fuzzRuns(5_000, 200_000) };

it("what one pattern contains, it matches", () => {
  fc.assert(
    fc.property(pattern, pattern, name, (outer, inner, one) => {
      if (patternContains(outer, inner) && matchesPattern(inner, one))
        expect(matchesPattern(outer, one)).toBe(true);
    }),
    runs,
  );
});

it("what it does not contain, a name shows", () => {
  fc.assert(
    fc.property(pattern, pattern, (outer, inner) => {
      if (patternContains(outer, inner)) return;
      // One level and two levels below it, by a segment that no pattern here names.
      const folder = inner.replace(/\*+$/, "");
      const witnesses = [inner, `${folder}zz`, `${folder}zz/zz`];
      expect(witnesses.some((one) => matchesPattern(inner, one) && !matchesPattern(outer, one))).toBe(true);
    }),
    runs,
  );
});

it("two patterns that overlap lie one in the other, and their intersection matches what both match", () => {
  fc.assert(
    fc.property(pattern, pattern, name, (left, right, one) => {
      const both = intersectPatterns(left, right);
      expect(both !== undefined).toBe(patternsOverlap(left, right));
      const matched = matchesPattern(left, one) && matchesPattern(right, one);
      expect(typeof both === "string" && matchesPattern(both, one)).toBe(matched);
    }),
    runs,
  );
});

it("the patterns that cover a name are exactly those that match it", () => {
  fc.assert(
    fc.property(pattern, name, (text, one) => {
      expect(listCoveringPatterns(one).includes(text)).toBe(matchesPattern(text, one));
    }),
    runs,
  );
});

it("the wider patterns of one are exactly those that contain it", () => {
  fc.assert(
    fc.property(pattern, pattern, (outer, inner) => {
      expect(listWiderPatterns(inner).includes(outer)).toBe(patternContains(outer, inner));
    }),
    runs,
  );
});

it("a reduced set matches the same names, none of them twice", () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 8 }), name, (texts, one) => {
      const reduced = reducePatterns(texts);
      const count = reduced.filter((text) => matchesPattern(text, one)).length;
      expect(count).toBe(texts.some((text) => matchesPattern(text, one)) ? 1 : 0);
    }),
    runs,
  );
});
