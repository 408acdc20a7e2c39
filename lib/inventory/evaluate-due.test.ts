import { describe, expect, it } from "vitest";
import { areEventsFlowing, evaluateDue, type ScheduleState } from "#lib/inventory/evaluate-due";

const now = new Date("2026-06-01T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const state = (more: Partial<ScheduleState> = {}): ScheduleState => ({
  syncEveryMinutes: 60,
  hasIngestSecret: true,
  lastSyncedAt: minutesAgo(90),
  lastSweptAt: minutesAgo(90),
  lastEventAt: null,
  lastAttemptAt: minutesAgo(90),
  ...more,
});

describe("evaluateDue", () => {
  it("wants a full run first, then sweeps by the clock", () => {
    expect(evaluateDue(state({ lastSyncedAt: null, lastSweptAt: null, lastAttemptAt: null }), now)).toBe(
      "full",
    );
    expect(evaluateDue(state(), now)).toBe("sweep");
    expect(evaluateDue(state({ lastSweptAt: minutesAgo(59) }), now)).toBeNull();
    expect(evaluateDue(state({ syncEveryMinutes: 0 }), now)).toBeNull();
  });

  it("wants nothing while notifications flow, and a sweep a day to find lost ones", () => {
    expect(evaluateDue(state({ lastEventAt: minutesAgo(80) }), now)).toBeNull();
    const yesterday = minutesAgo(25 * 60);
    expect(evaluateDue(state({ lastSweptAt: yesterday, lastEventAt: minutesAgo(5) }), now)).toBe("sweep");
  });

  it("does not trust notifications that fell silent before the last look, or have no secret", () => {
    expect(areEventsFlowing(state({ lastEventAt: minutesAgo(200) }))).toBe(false);
    expect(areEventsFlowing(state({ hasIngestSecret: false, lastEventAt: minutesAgo(1) }))).toBe(false);
    expect(evaluateDue(state({ lastEventAt: minutesAgo(200) }), now)).toBe("sweep");
  });

  it("leaves a failing registry alone for a while", () => {
    expect(evaluateDue(state({ lastAttemptAt: minutesAgo(2) }), now)).toBeNull();
    expect(evaluateDue(state({ lastAttemptAt: minutesAgo(6) }), now)).toBe("sweep");
  });
});
