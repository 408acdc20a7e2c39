import { describe, expect, it } from "vitest";
import { formatPatterns, parsePatterns } from "./prepare-team.ts";

describe("team patterns as lines", () => {
  it("reads a pattern with and without a registry", () => {
    expect(parsePatterns("payments/** in prod\n\n  search/* \n")).toEqual([
      { registry: "prod", pattern: "payments/**" },
      { registry: null, pattern: "search/*" },
    ]);
  });

  it("reads back what it wrote", () => {
    const patterns = [
      { registry: "prod", pattern: "in/in-house" },
      { registry: null, pattern: "**" },
    ];
    expect(parsePatterns(formatPatterns(patterns))).toEqual(patterns);
  });
});
