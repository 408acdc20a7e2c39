import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareSparkline, sparklineHeight, sparklineWidth } from "@/components/ui/prepare-sparkline";

describe("a line of daily counts", () => {
  it("draws every known day once, inside its frame, and no unknown day as zero", () => {
    const days = fc.array(fc.option(fc.nat(1_000_000)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(days, (counts) => {
        const { known, alone, unknown, label } = prepareSparkline(counts, "pull");
        const points = [...(known + alone).matchAll(/[ML]([\d.]+) ([\d.]+)/g)];
        expect(points).toHaveLength(counts.filter((count) => count !== null).length);
        for (const [, x, y] of points) {
          expect(Number(x)).toBeLessThanOrEqual(sparklineWidth);
          expect(Number(y)).toBeLessThanOrEqual(sparklineHeight);
        }
        expect(unknown.match(/H/g)?.length ?? 0).toBe(counts.filter((count) => count === null).length);
        expect(label).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });

  it("says what it shows", () => {
    expect(prepareSparkline([1, 0, 411], "pull")).toMatchObject({
      label: "412 pulls in 3 days",
      isFlat: false,
    });
    expect(prepareSparkline([0, 0], "pull")).toMatchObject({ label: "No pull in 2 days", isFlat: true });
    expect(prepareSparkline([null, null, 1], "pull").label).toBe(
      "1 pull on the one day of the last 3 that the registry told of",
    );
  });

  it("breaks the line at a gap; a day alone is a dot", () => {
    expect(prepareSparkline([4, 4, null, 4, 4], "pull").known.match(/M/g)).toHaveLength(2);
    expect(prepareSparkline([null, 4, null], "pull")).toMatchObject({
      known: "",
      alone: expect.stringMatching(/^M[\d. ]+h0$/),
    });
  });
});
