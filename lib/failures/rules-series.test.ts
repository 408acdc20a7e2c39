import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrangeSeries } from "#lib/failures/rules-series";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const steps = Array.from({ length: 8 }, (_, day) => new Date(Date.UTC(2026, 10, 1 + day)));

describe("rows become lines", () => {
  it("the others come last, however many they are, and whoever has no name keeps none", () => {
    const [first, second] = [steps[0] ?? new Date(), steps[1] ?? new Date()];
    const lines = arrangeSeries(
      [
        { key: null, at: first, count: 900 },
        { key: "", at: first, count: 2 },
        { key: "ci", at: second, count: 5 },
        { key: null, at: second, count: 1 },
      ],
      steps.slice(0, 2),
    );
    expect(lines).toEqual([
      { key: "ci", total: 5, counts: [0, 5] },
      { key: "", total: 2, counts: [2, 0] },
      { key: null, total: 901, counts: [900, 1] },
    ]);
  });

  it("sums stay what they were, and each line has one count a step", () => {
    const row = fc.record({
      key: fc.option(fc.constantFrom("", "a", "b", "c")),
      at: fc.constantFrom(...steps),
      count: fc.nat(1_000),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const lines = arrangeSeries(rows, steps);
        const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
        expect(sum(lines.map(({ total }) => total))).toBe(sum(rows.map(({ count }) => count)));
        for (const { total, counts } of lines) {
          expect(counts).toHaveLength(steps.length);
          expect(sum(counts)).toBe(total);
        }
        const keys = lines.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: fuzzRuns(100, 3_000) },
    );
  });
});
