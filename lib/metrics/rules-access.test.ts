import { describe, expect, it } from "vitest";
import { evaluateMetricsAccess } from "#lib/metrics/rules-access";

const here = { address: "127.0.0.1", host: "localhost:3000", forwarded: false, token: null };
const isEqual = (a: string, b: string) => a === b;

describe("who may read metrics", () => {
  it.each([
    [here, "open"],
    [{ ...here, host: "127.0.0.1:3000" }, "open"],
    [{ ...here, address: "::1", host: "[::1]:3000" }, "open"],
    [{ ...here, address: "10.0.0.9" }, "elsewhere"],
    [{ ...here, address: null }, "elsewhere"],
    [{ ...here, forwarded: true }, "elsewhere"],
    [{ ...here, host: "rebound.example.com:3000" }, "elsewhere"],
    [{ ...here, host: "127.0.0.1.example.com" }, "elsewhere"],
    [{ ...here, host: null }, "elsewhere"],
  ])("by default only this machine: %j is %s", (asker, verdict) => {
    expect(evaluateMetricsAccess({ kind: "loopback" }, asker, isEqual)).toBe(verdict);
  });

  it("with a token, whoever holds it and nobody else", () => {
    const access = { kind: "token", token: "a-scraper-token-of-24" } as const;
    expect(evaluateMetricsAccess(access, here, isEqual)).toBe("needs-token");
    expect(evaluateMetricsAccess(access, { ...here, token: "a-scraper-token-of-2" }, isEqual)).toBe(
      "needs-token",
    );
    const far = { address: "10.0.0.9", host: "wharf.example.com", forwarded: true, token: access.token };
    expect(evaluateMetricsAccess(access, far, isEqual)).toBe("open");
  });

  it("off is off, and anyone is anyone", () => {
    expect(evaluateMetricsAccess({ kind: "off" }, here, isEqual)).toBe("off");
    expect(evaluateMetricsAccess({ kind: "anyone" }, { ...here, address: null }, isEqual)).toBe("open");
  });
});
