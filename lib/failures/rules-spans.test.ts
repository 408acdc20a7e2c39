import fc from "fast-check";
import { expect, it } from "vitest";
import { coverBySpans, spanDays } from "#lib/failures/rules-spans";

const dayMs = 86_400_000;
const origin = Date.UTC(2000, 0, 1);

it("covers each day of a window once, with few spans that begin where stored ones do", () => {
  fc.assert(
    fc.property(fc.nat({ max: 20_000 }), fc.nat({ max: 800 }), (first, long) => {
      const [from, to] = [origin + first * dayMs, origin + (first + long) * dayMs];
      let at = from;
      const spans = coverBySpans(new Date(from), new Date(to));
      for (const { days, day } of spans) {
        expect(day.getTime()).toBe(at);
        expect(spanDays).toContain(days);
        expect(((at - origin) / dayMs) % days).toBe(0);
        at += days * dayMs;
      }
      expect(at).toBe(to);
      expect(spans.length).toBeLessThanOrEqual(18 + Math.ceil(long / 64));
    }),
  );
});

it("of a year there are some twenty", () => {
  expect(coverBySpans(new Date("2025-11-27"), new Date("2026-11-27")).length).toBeLessThan(24);
  expect(coverBySpans(new Date("2026-11-27"), new Date("2026-11-27"))).toEqual([]);
});
