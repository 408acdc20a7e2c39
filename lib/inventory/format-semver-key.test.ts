import fc from "fast-check";
import { compare } from "semver";
import { describe, expect, it } from "vitest";
import { formatSemverKey } from "#lib/inventory/format-semver-key";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe("formatSemverKey", () => {
  it("sorts as semantic versions do", () => {
    const number = fc.integer({ min: 0, max: 120 });
    const word = fc.constantFrom("alpha", "alpha1", "beta", "rc", "x-1", "0a");
    const part = fc.oneof(number.map(String), word);
    const version = fc
      .tuple(number, number, number, fc.array(part, { maxLength: 3 }))
      .map(([a, b, c, suffix]) => `${a}.${b}.${c}${suffix.length > 0 ? `-${suffix.join(".")}` : ""}`);
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(bytewise(formatSemverKey(a), formatSemverKey(b)))).toBe(compare(a, b));
      }),
      { numRuns: fuzzRuns(2_000, 100_000) },
    );
  });

  it("reads v and short versions, and puts every other name below", () => {
    expect(formatSemverKey("v1.2.3")).toBe(formatSemverKey("1.2.3"));
    expect(bytewise(formatSemverKey("1.9"), formatSemverKey("1.10"))).toBe(-1);
    expect(bytewise(formatSemverKey("2.0-alpine"), formatSemverKey("2.0"))).toBe(-1);
    for (const name of ["latest", "main-3f2a", "", "v", "1.2.x", "1..2", "9".repeat(60)]) {
      expect(formatSemverKey(name)).toBe("");
    }
  });
});
