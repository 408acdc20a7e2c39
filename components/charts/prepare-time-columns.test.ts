import { describe, expect, it } from "vitest";
import { prepareTicks, prepareTimeColumns } from "@/components/charts/prepare-time-columns";

const at = ["2026-11-28T10:00:00.000Z", "2026-11-28T11:00:00.000Z", "2026-11-28T12:00:00.000Z"];
const prepare = (change: Partial<Parameters<typeof prepareTimeColumns>[0]> = {}) =>
  prepareTimeColumns({
    at,
    to: "2026-11-28T12:20:00.000Z",
    step: "hour",
    zone: "UTC",
    series: [
      { key: "no-grant", label: "No grant", colour: "a", total: 5, counts: [2, 3, 0] },
      { key: null, label: "other causes", colour: "b", total: 9, counts: [1, 8, 0] },
    ],
    heard: [1, 1, 1],
    one: "failure",
    ...change,
  });

describe("columns over time", () => {
  it("say when, how many and of what, the largest first", () => {
    const { columns } = prepare();
    expect(columns.map(({ label }) => label)).toEqual([
      "Sat 28 Nov, 10:00 to 11:00: 3 failures, No grant 2, other causes 1",
      "Sat 28 Nov, 11:00 to 12:00: 11 failures, other causes 8, No grant 3",
      "Sat 28 Nov, 12:00 to 13:00: no failure",
    ]);
    expect(columns[1]).toMatchObject({ at: at[1], end: at[2], total: 11 });
    expect(columns[2]?.end).toBe("2026-11-28T12:20:00.000Z");
  });

  it("stand on one another and end at the top line", () => {
    const { paths, ticks, width } = prepare();
    expect(ticks).toEqual([0, 5, 10, 15]);
    expect(width).toBe(30);
    expect(paths[0]?.path).toBe("M1 1000v-133.3h8v133.3zM11 1000v-200h8v200z");
    expect(paths[1]?.path).toBe("M1 866.7v-66.7h8v66.7zM11 800v-533.3h8v533.3z");
  });

  it("are hatched where a source was silent, and not where there was none", () => {
    expect(prepare({ heard: [null, 0.89, 0] }).silent).toEqual([{ from: 0, to: 3 }]);
    expect(prepare({ heard: [null, 1, 1] }).silent).toEqual([{ from: 0, to: 1 }]);
    expect(prepare({ heard: [0.2, 0.95, 0.5] }).silent).toEqual([
      { from: 0, to: 1 },
      { from: 2, to: 3 },
    ]);
    expect(prepare({ heard: [null, null, null] }).silent).toEqual([]);
    expect(prepare({ heard: [0, 1, 1] }).columns[0]?.label).toMatch(
      /A source was silent: some may be missing$/,
    );
  });

  it("are drawn of nothing, too", () => {
    expect(prepare({ at: [], series: [], heard: [] })).toMatchObject({
      columns: [],
      paths: [],
      ticks: [0, 1],
    });
  });
});

describe("lines of a scale", () => {
  it("are round, cover the largest, and are no more than five", () => {
    expect(prepareTicks(0)).toEqual([0, 1]);
    expect(prepareTicks(1)).toEqual([0, 1]);
    expect(prepareTicks(3)).toEqual([0, 1, 2, 3]);
    expect(prepareTicks(150)).toEqual([0, 50, 100, 150]);
    for (const largest of [1, 7, 38, 99, 101, 4_321, 1_000_001]) {
      const ticks = prepareTicks(largest);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }
  });
});
