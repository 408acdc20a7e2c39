import { describe, expect, it } from "vitest";
import type { Enforcement } from "#lib/enforcement/schema";
import { nextKeyStep } from "@/components/enforcement/next-key-step";

const keys = (...states: Enforcement["keys"][number]["state"][]): Enforcement["keys"] =>
  states.map((state) => ({
    kid: state,
    state,
    createdAt: "2026-11-25T10:00:00.000Z",
    activatedAt: null,
    retiredAt: null,
    leafExpiresAt: null,
  }));

describe("the next step of a rotation", () => {
  it("goes round: prepare, activate, forget, prepare", () => {
    const step = (...states: Parameters<typeof keys>) =>
      nextKeyStep({ keys: keys(...states), tokenMode: "jwks" }).step;
    expect(step("current")).toBe("prepare");
    expect(step("current", "next")).toBe("activate");
    expect(step("current", "retired")).toBe("retire");
    expect(step("current", "next", "retired")).toBe("activate");
  });

  it("says that zot stands still for a moment and a certificate needs nothing", () => {
    const consequence = (tokenMode: Enforcement["tokenMode"]) =>
      nextKeyStep({ keys: keys("current", "next"), tokenMode }).consequence;
    expect(consequence("key")).toContain("refuses new tokens");
    expect(consequence("certificate")).toContain("needs no change");
  });
});
