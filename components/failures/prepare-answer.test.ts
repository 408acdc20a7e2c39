import { describe, expect, it } from "vitest";
import { prepareAnswer, prepareTitle } from "@/components/failures/prepare-answer";

const answer = (total: number, totalBefore: number, pulls: number | null = null) =>
  prepareAnswer({ total, totalBefore, pulls, heard: [1, 1] }, "24h");

describe("the answer in words", () => {
  it("says how many fail now", () => {
    expect([0, 1, 14, 1_000].map((open) => prepareTitle({ open }))).toEqual([
      "No pull fails now",
      "1 pull fails now",
      "14 pulls fail now",
      "1,000 or more pulls fail now",
    ]);
  });

  it("compares with the window before", () => {
    expect(answer(312, 520)).toBe("312 failed in the last 24 hours, 40 % fewer than the day before");
    expect(answer(1_312, 1_000)).toBe("1,312 failed in the last 24 hours, 31 % more than the day before");
    expect(answer(90, 10)).toBe("90 failed in the last 24 hours, 9 times as many as the day before");
    expect(answer(7, 7)).toBe("7 failed in the last 24 hours, as many as the day before");
    expect(answer(10_001, 10_000)).toBe(
      "10,001 failed in the last 24 hours, about as many as the day before",
    );
    expect(answer(7, 0)).toBe("7 failed in the last 24 hours, none the day before");
    expect(answer(0, 7)).toBe("None failed in the last 24 hours, 7 the day before");
    expect(answer(0, 0)).toBe("None failed in the last 24 hours, nor did any the day before");
    expect(prepareAnswer({ total: 2, totalBefore: 4, pulls: null, heard: [1] }, "1y")).toBe(
      "2 failed in the last year, 50 % fewer than the year before",
    );
  });

  it("claims nothing of the time before there was a source", () => {
    const figures = { total: 0, totalBefore: 0, pulls: null };
    expect(prepareAnswer({ ...figures, heard: [null, null, 1] }, "24h")).toBe(
      "None failed in the last 24 hours, as far as sources told",
    );
    // Where there never was one, the page says that by itself.
    expect(prepareAnswer({ ...figures, heard: [null, null] }, "24h")).toMatch(/nor did any/);
  });

  it("says of how many, where that is known", () => {
    expect(answer(8, 8, 992)).toMatch(/ · 0\.8 % of all pulls$/);
    expect(answer(1, 1, 999_999)).toMatch(/ · fewer than 0\.1 % of all pulls$/);
    expect(answer(30, 30, 0)).toMatch(/ · 100 % of all pulls$/);
    expect(answer(0, 1, 500)).not.toMatch(/of all pulls/);
  });
});
