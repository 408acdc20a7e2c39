import { describe, expect, it } from "vitest";
import { prepareDays, prepareDaysBefore, prepareHeard } from "#lib/activity/rules-window";
import { listSteps } from "#lib/failures/rules-series";

const at = (text: string) => new Date(text);

describe("the days of a window", () => {
  it.each([
    ["2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z", "2026-11-01", "2026-11-03"],
    ["2026-11-01T23:59:59Z", "2026-11-03T00:00:01Z", "2026-11-01", "2026-11-04"],
    ["2026-11-01T10:00:00Z", "2026-11-01T10:00:01Z", "2026-11-01", "2026-11-02"],
  ])("from %s to %s touches %s until %s", (from, to, first, until) => {
    expect(prepareDays(at(from), at(to))).toEqual({ from: first, until });
  });

  it("has as many days before it", () => {
    expect(prepareDaysBefore({ from: "2026-03-01", until: "2026-03-08" })).toEqual({
      from: "2026-02-22",
      until: "2026-03-01",
    });
  });
});

describe("for how much of a step pulls are known", () => {
  const now = at("2026-11-05T12:00:00Z");
  const window = { from: "2026-11-01", until: "2026-11-08" };
  const days = listSteps(at("2026-11-01T00:00:00Z"), at("2026-11-08T00:00:00Z"), "day", "UTC");
  const teller = (pullsSince: string | null, disconnectedAt: string | null = null) => ({
    pullsSince: pullsSince === null ? null : at(pullsSince),
    disconnectedAt: disconnectedAt === null ? null : at(disconnectedAt),
  });

  it("is nothing where nobody told yet, a share where some told, and nothing of days to come", () => {
    const tellers = [teller("2026-11-02T10:00:00Z"), teller("2026-11-03T10:00:00Z"), teller(null)];
    const told = [
      { day: "2026-11-02", count: 1 },
      { day: "2026-11-03", count: 1 },
      { day: "2026-11-05", count: 2 },
    ];
    expect(prepareHeard(days, window, tellers, told, now)).toEqual([null, 1, 0.5, 0, 1, null, null]);
  });

  it("asks nothing more of a registry that was disconnected", () => {
    const tellers = [teller("2026-10-01T00:00:00Z", "2026-11-02T00:00:00Z")];
    expect(prepareHeard(days, window, tellers, [{ day: "2026-11-01", count: 1 }], now).slice(0, 3)).toEqual([
      1,
      0,
      null,
    ]);
  });

  it("adds the days of a week up", () => {
    const weeks = listSteps(at("2026-10-26T00:00:00Z"), at("2026-11-05T00:00:00Z"), "week", "UTC");
    const told = ["2026-10-26", "2026-10-27", "2026-11-02"].map((day) => ({ day, count: 1 }));
    const [first, second] = prepareHeard(
      weeks,
      { from: "2026-10-26", until: "2026-11-05" },
      [teller("2026-01-01T00:00:00Z")],
      told,
      now,
    );
    expect(first).toBeCloseTo(2 / 7);
    expect(second).toBeCloseTo(1 / 3);
  });
});
