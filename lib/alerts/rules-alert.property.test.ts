import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlertState, planAlerts } from "#lib/alerts/rules-alert";
import type { Occurrence } from "#lib/alerts/rules-occurrence";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const start = Date.parse("2026-05-20T00:00:00.000Z");
const subjects = ["a", "b", "c"];

type Step = { minutes: number; present: { subject: string; starts: boolean }[] };
const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  minutes: fc.integer({ min: 0, max: 40 }),
  present: fc.uniqueArray(fc.record({ subject: fc.constantFrom(...subjects), starts: fc.boolean() }), {
    selector: ({ subject }) => subject,
  }),
});

function occurrence({ subject, starts }: { subject: string; starts: boolean }): Occurrence {
  return { subject, starts, text: subject, registry: null, repository: null, since: new Date(start) };
}

interface Told {
  at: number;
  kind: "began" | "ended";
  subject: string;
}

/** What somebody hears over a row of looks. */
function hear(steps: readonly Step[], coolDownMinutes: number, tellsEnd = true): Told[] {
  const known = new Map<string, AlertState>();
  const told: Told[] = [];
  let at = start;
  for (const { minutes, present } of steps) {
    at += minutes * 60_000;
    const plan = planAlerts(
      [...known.values()],
      present.map(occurrence),
      { coolDownMinutes, tellsEnd },
      new Date(at),
    );
    for (const alert of plan.write) known.set(alert.subject, alert);
    for (const { text } of plan.began) told.push({ at, kind: "began", subject: text });
    for (const { text } of plan.ended) told.push({ at, kind: "ended", subject: text });
  }
  return told;
}

const steps = fc.array(stepArbitrary, { maxLength: 40 });
const coolDown = fc.integer({ min: 0, max: 90 });

describe("notices", () => {
  it("of one thing begin and end in turn, and begin no sooner than the cool-down allows", () => {
    fc.assert(
      fc.property(steps, coolDown, (row, minutes) => {
        for (const subject of subjects) {
          const mine = hear(row, minutes).filter((one) => one.subject === subject);
          expect(mine.map(({ kind }) => kind)).toEqual(
            mine.map((_, at) => (at % 2 === 0 ? "began" : "ended")),
          );
          const begins = mine.filter(({ kind }) => kind === "began");
          for (const [index, { at }] of begins.entries()) {
            const before = begins[index - 1];
            if (before) expect(at - before.at).toBeGreaterThanOrEqual(minutes * 60_000);
          }
        }
      }),
      { numRuns: fuzzRuns(500, 500) },
    );
  });

  it("are the same when a look is taken twice", () => {
    fc.assert(
      fc.property(steps, coolDown, (row, minutes) => {
        const doubled = row.flatMap((step) => [step, { ...step, minutes: 0 }]);
        expect(hear(doubled, minutes)).toEqual(hear(row, minutes));
      }),
      { numRuns: fuzzRuns(500, 500) },
    );
  });

  it("of one thing do not depend on the others", () => {
    fc.assert(
      fc.property(steps, coolDown, (row, minutes) => {
        const alone = row.map(({ minutes: wait, present }) => ({
          minutes: wait,
          present: present.filter(({ subject }) => subject === "a"),
        }));
        expect(hear(row, minutes).filter(({ subject }) => subject === "a")).toEqual(hear(alone, minutes));
      }),
      { numRuns: fuzzRuns(300, 300) },
    );
  });

  it("without a cool-down tell of each time that it begins", () => {
    const on = { minutes: 1, present: [{ subject: "a", starts: true }] };
    const off = { minutes: 1, present: [] };
    expect(hear([on, on, off, on, off], 0).map(({ kind }) => kind)).toEqual([
      "began",
      "ended",
      "began",
      "ended",
    ]);
  });

  it("within the cool-down wait for its end, and come then if it still fires", () => {
    const on = (minutes: number) => ({ minutes, present: [{ subject: "a", starts: true }] });
    const off = { minutes: 1, present: [] };
    const told = hear([on(0), off, on(1), on(27), on(1), on(1)], 30);
    expect(told.map(({ kind, at }) => [kind, (at - start) / 60_000])).toEqual([
      ["began", 0],
      ["ended", 1],
      ["began", 30],
    ]);
    expect(hear([on(0), off, on(1), off, on(60)], 30).map(({ kind }) => kind)).toEqual([
      "began",
      "ended",
      "began",
    ]);
  });

  it("say nothing of an end where a rule does not tell of ends", () => {
    const on = { minutes: 1, present: [{ subject: "a", starts: true }] };
    expect(hear([on, { minutes: 1, present: [] }], 0, false).map(({ kind }) => kind)).toEqual(["began"]);
  });
});
