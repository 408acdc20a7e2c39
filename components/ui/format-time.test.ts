import { describe, expect, it } from "vitest";
import { formatDuration, formatExact, formatRelative } from "@/components/ui/format-time";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("times in words", () => {
  it("uses the largest useful unit", () => {
    expect([12_000, 4 * minute, 26 * hour, 9 * day, 100 * day, 800 * day].map(formatDuration)).toEqual([
      "12 s",
      "4 min",
      "26 h",
      "9 d",
      "3 mo",
      "2 y",
    ]);
  });

  it("F7: forgives small differences of clocks, and says when something lies ahead", () => {
    expect(formatRelative(1_000, 0)).toBe("now");
    expect(formatRelative(0, 4 * minute)).toBe("4 min ago");
    expect(formatRelative(2 * hour, 0)).toBe("in 2 h");
  });

  it("names the zone of an exact time", () => {
    expect(formatExact(Date.UTC(2026, 10, 23, 13, 22, 5), true)).toBe("23 Nov 2026, 13:22:05 UTC");
  });
});
