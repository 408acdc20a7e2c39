import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Breaker } from "#lib/oci/breaker";
import { pause } from "#lib/oci/pause";
import { createRateLimiter } from "#lib/oci/rate-limiter";
import { backoffDelay, defaultRetryPolicy, parseRetryAfter } from "#lib/oci/retry";

const now = new Date("2026-01-01T00:00:00Z");

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    [" 5 ", 5_000],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["9999999999", 86_400_000],
    ["Thu, 01 Jan 2099 00:00:00 GMT", 86_400_000],
    ["99999999999999999999", null],
    ["-1", null],
    ["1.5", null],
    ["soon", null],
    ["2026", 2_026_000],
    ["", null],
    [undefined, null],
  ])("R9: reads %j", (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});

describe("backoffDelay", () => {
  it("R9: grows, is spread and never leaves its bounds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const delay = backoffDelay(attempt, defaultRetryPolicy, () => random);
          expect(delay).toBeGreaterThan(0);
          expect(delay).toBeLessThanOrEqual(defaultRetryPolicy.maxDelayMs);
        },
      ),
    );
    expect(backoffDelay(1, defaultRetryPolicy, () => 0.5)).toBeLessThan(
      backoffDelay(3, defaultRetryPolicy, () => 0.5),
    );
  });
});

describe("Breaker", () => {
  it("R9: opens after failures in a row, lets one try through, opens longer each time", () => {
    let at = 0;
    const breaker = new Breaker({ threshold: 3, coolDownMs: 1_000, maxCoolDownMs: 3_000, now: () => at });
    const fail = () => {
      breaker.started();
      breaker.failed();
    };
    fail();
    fail();
    expect(breaker.openForMs).toBe(0);
    fail();
    expect(breaker.openForMs).toBe(1_000);
    at = 1_000;
    expect(breaker.openForMs).toBe(0);
    breaker.started();
    expect(breaker.openForMs).toBeGreaterThan(0);
    breaker.failed();
    expect(breaker.openForMs).toBe(2_000);
    at = 3_000;
    fail();
    expect(breaker.openForMs).toBe(3_000);
    at = 6_000;
    breaker.started();
    breaker.succeeded();
    expect(breaker.openForMs).toBe(0);
    fail();
    expect(breaker.openForMs).toBe(0);
  });

  it("R9: keeps quiet for as long as the registry asks", () => {
    let at = 0;
    const breaker = new Breaker({ now: () => at });
    breaker.beQuiet(500);
    breaker.beQuiet(200);
    expect(breaker.quietForMs).toBe(500);
    at = 500;
    expect(breaker.quietForMs).toBe(0);
  });
});

describe("createRateLimiter", () => {
  it("keeps to the rate after a small burst", async () => {
    const limiter = createRateLimiter(100);
    const began = performance.now();
    for (let count = 0; count < 40; count += 1) await limiter.acquire();
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThan(250);
    expect(tookMs).toBeLessThan(5_000);
  });
});

describe("pause", () => {
  it("ends early when the signal fires", async () => {
    const controller = new AbortController();
    const waiting = pause(60_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow(/stopped/);
    await expect(pause(1, controller.signal)).rejects.toThrow(/stopped/);
  });
});
