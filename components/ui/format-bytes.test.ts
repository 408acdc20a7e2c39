import { describe, expect, it } from "vitest";
import { formatBytes, formatPlural } from "@/components/ui/format-bytes";

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
});
