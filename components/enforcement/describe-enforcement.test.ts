import { describe, expect, it } from "vitest";
import type { EnforcementCheck } from "#lib/enforcement/schema";
import { describeEnforcement } from "@/components/enforcement/describe-enforcement";

const check = (seen: EnforcementCheck["seen"]): EnforcementCheck => ({
  seen,
  at: "2026-11-25T10:00:00.000Z",
  steps: [],
  warnings: [],
});

describe("how enforcement stands", () => {
  it("is good only where what is set was not seen to be otherwise", () => {
    expect(describeEnforcement({ state: "on", check: null })).toMatchObject({
      tone: "good",
      contradiction: null,
    });
    expect(describeEnforcement({ state: "on", check: check("on") }).tone).toBe("good");
    const broken = describeEnforcement({ state: "on", check: check("off") });
    expect(broken.tone).toBe("danger");
    expect(broken.contradiction).toContain("hold nobody back");
  });

  it("tells of a registry that asks for our tokens while the console does not count on it", () => {
    const asking = describeEnforcement({ state: "off", check: check("on") });
    expect(asking.tone).toBe("warn");
    expect(asking.contradiction).toContain("hold for its clients");
    expect(describeEnforcement({ state: "off", check: check("off") }).contradiction).toBeNull();
    expect(describeEnforcement({ state: "suspended", check: check("on") }).tone).toBe("danger");
  });
});
