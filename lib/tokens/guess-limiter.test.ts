import { describe, expect, it } from "vitest";
import { GuessLimiter } from "#lib/tokens/guess-limiter";

describe("T12: wrong credentials are slowed", () => {
  it("by name, whatever the address, and by address, whatever the name", () => {
    const limiter = new GuessLimiter();
    const byName = Array.from({ length: 40 }, (_, index) => limiter.fail("ci", `10.0.0.${index}`, 1_000));
    expect(byName.slice(0, 20)).toEqual(Array(20).fill(null));
    expect(byName.slice(20)).toEqual(Array(20).fill(60));
    const byAddress = Array.from({ length: 200 }, (_, index) => limiter.fail(`n${index}`, "10.9.9.9", 1_000));
    expect(byAddress.filter((wait) => wait === null)).toHaveLength(100);
    expect(limiter.fail("ci", "10.1.1.1", 61_001)).toBeNull();
  });

  it("remembers a bounded number of names and addresses", () => {
    const limiter = new GuessLimiter();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 200_000; index++) limiter.fail(`name-${index}`, `address-${index}`, 1_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000);
  });
});
