import { describe, expect, it } from "vitest";
import { type ChainWatch, chooseLook, judgeWatch } from "#lib/audit/rules-watch";

const minute = 60_000;
const now = new Date("2026-03-01T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * minute);
const watch = (more: Partial<ChainWatch> = {}): ChainWatch => ({
  verified: { seq: 5n, hash: Buffer.alloc(32), at: ago(1) },
  fullAt: ago(10),
  fullMs: 1_000,
  problem: null,
  ...more,
});
const problem = { seq: 3n, eventId: null, what: "It is." };

describe("when the chain is looked at", () => {
  it("the whole chain at first, when nobody can be believed, and each hour", () => {
    expect(chooseLook(null, now)).toBe("full");
    expect(chooseLook(watch({ verified: null }), now)).toBe("full");
    expect(chooseLook(watch({ fullAt: null }), now)).toBe("full");
    expect(chooseLook(watch({ fullAt: ago(60) }), now)).toBe("full");
    expect(chooseLook(watch({ fullAt: ago(59) }), now)).toBe("added");
  });

  it("a long chain more rarely", () => {
    expect(chooseLook(watch({ fullAt: ago(60), fullMs: 5 * minute }), now)).toBe("added");
    expect(chooseLook(watch({ fullAt: ago(100), fullMs: 5 * minute }), now)).toBe("full");
  });

  it("a broken one after five minutes from its first link on, and not at all between", () => {
    expect(chooseLook(watch({ problem, fullAt: ago(4) }), now)).toBe("wait");
    expect(chooseLook(watch({ problem, fullAt: ago(5) }), now)).toBe("full");
  });
});

describe("what is said of the chain", () => {
  it("nothing when nobody has looked for some time", () => {
    expect(judgeWatch(null, now)).toBe("unknown");
    expect(judgeWatch(watch(), now)).toBe("whole");
    const old = { seq: 5n, hash: Buffer.alloc(32), at: ago(11) };
    expect(judgeWatch(watch({ verified: old }), now)).toBe("unknown");
    expect(judgeWatch(watch({ verified: old, fullMs: minute }), now)).toBe("whole");
  });

  it("a break stays one, however old the look", () => {
    const old = { seq: 5n, hash: Buffer.alloc(32), at: ago(5_000) };
    expect(judgeWatch(watch({ problem, verified: old }), now)).toBe("broken");
    expect(judgeWatch(watch({ problem, verified: null }), now)).toBe("broken");
  });
});
