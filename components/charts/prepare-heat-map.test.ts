import { describe, expect, it } from "vitest";
import { levelOf, prepareHeatMap } from "@/components/charts/prepare-heat-map";

const prepared = prepareHeatMap({
  at: ["2026-11-28T10:00:00.000Z", "2026-11-28T11:00:00.000Z"],
  to: "2026-11-28T11:40:00.000Z",
  step: "hour",
  zone: "UTC",
  series: [
    { key: "pier/team/api", total: 101, counts: [1, 100] },
    { key: "pier/team/web", total: 4, counts: [4, 0] },
    { key: null, total: 9, counts: [9, 0] },
  ],
  one: "failure",
});

describe("a heat map", () => {
  it("has a row for each that has a name, and says in words when it was worst", () => {
    expect(prepared.rows.map(({ label }) => label)).toEqual([
      "pier/team/api: 101 failures, most of them Sat 28 Nov, 11:00 to 12:00",
      "pier/team/web: 4 failures, most of them Sat 28 Nov, 10:00 to 11:00",
    ]);
  });

  it("draws each count in its cell and level, and nothing for none", () => {
    expect(prepared.levels).toEqual([
      { level: 1, path: "M0 0h10v10h-10zM0 10h10v10h-10z" },
      { level: 5, path: "M10 0h10v10h-10z" },
    ]);
  });

  it("lets few be seen beside many", () => {
    expect([1, 10, 40, 100].map((count) => levelOf(count, 100))).toEqual([1, 2, 4, 5]);
    expect(levelOf(1, 1)).toBe(5);
  });
});
