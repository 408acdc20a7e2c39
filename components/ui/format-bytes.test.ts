import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatFacetCount, formatPlural } from "@/components/ui/format-bytes";

describe("figures in words", () => {
  it("writes binary units with one decimal, and none from a hundred on", () => {
    expect([0, 1023, 1024, 19_756_849_561, 152_471_339_008, 1024 ** 4 - 1].map(formatBytes)).toEqual([
      "0 B",
      "1023 B",
      "1.0 KiB",
      "18.4 GiB",
      "142 GiB",
      "1.0 TiB",
    ]);
  });

  it("separates thousands and knows one from many", () => {
    expect(formatPlural(1, "repository", "repositories")).toBe("1 repository");
    expect(formatPlural(1284, "tag")).toBe("1,284 tags");
  });

  it("writes counts as Intl does", () => {
    for (const count of [0, 7, 999, 1_000, 12_345, 999_999, 1_000_000, 1_234_567_890, -1_284, 1_234.5])
      expect(formatCount(count)).toBe(new Intl.NumberFormat("en").format(count));
  });

  it("says where counting stopped", () => {
    expect([161, 9_999, 10_000].map(formatFacetCount)).toEqual(["161", "9,999", "10,000+"]);
  });
});
