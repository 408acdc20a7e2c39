import { describe, expect, it } from "vitest";
import { formatFigure, formatSpread, median, quantile, ratioOfRounds } from "./statistics.ts";

describe("statistics", () => {
  it("takes the middle, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("takes a quantile by the nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it("compares round by round", () => {
    expect(ratioOfRounds([10, 30], [5, 10, 1])).toEqual([2, 3]);
  });

  it("writes figures with as many digits as mean something", () => {
    expect([0, 0.0123, 1.234, 12.34, 1234.5].map(formatFigure)).toEqual([
      "0",
      "0.012",
      "1.23",
      "12.3",
      "1,235",
    ]);
    expect(formatSpread([3, 1, 2], "ms")).toBe("2.00 ms (1.00-3.00)");
    expect(formatSpread([])).toBe("not measured");
  });
});
