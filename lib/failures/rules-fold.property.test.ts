import fc from "fast-check";
import { expect, it } from "vitest";
import { foldSignals } from "#lib/failures/rules-fold";
import { isRuntime, mergeGroups, type SignalGroup } from "#lib/failures/rules-signal-group";
import { failureCauses } from "#lib/failures/schema";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { later, now, signal } from "#lib/testing/signal-groups";

const options = { numRuns: fuzzRuns(300, 20_000) };

/** Few names and little time, so that what can meet does. */
const time = fc
  .tuple(fc.nat(4 * 3_600), fc.oneof(fc.constant(0), fc.nat(50), fc.nat(7_200)))
  .map(([from, lasts]) => later(from, from + lasts));
const cause = fc.oneof(
  fc.constantFrom("not-found", "no-grant", "unauthorized", "no-cause-in-text", "content-missing"),
  fc.constantFrom(...failureCauses),
  fc.constant(null),
);
const count = fc.integer({ min: 1, max: 90 });
const reference = fc.constantFrom("v1", "v2");
const kubelet = fc
  .record({
    side: fc.constant("kubernetes" as const),
    workload: fc.constantFrom("Deployment/api", "Deployment/web"),
    namespace: fc.constantFrom("shop", null),
    node: fc.constantFrom("n1", "n2", null),
    cause,
    count,
    reference,
  })
  .chain((given) => time.map((when) => signal({ ...given, ...when })));
const registry = fc
  .record({
    side: fc.constantFrom("log", "access-log", "denial", "notification"),
    action: fc.constantFrom("pull", "pull", "pull", "push"),
    address: fc.constantFrom("10.0.0.8", "10.0.0.9", null),
    agent: fc.constantFrom("skopeo/1.9", "skopeo/1.10", "containerd/1.7", null),
    actor: fc.constantFrom("ci", "puller", null),
    reference: fc.option(reference),
    provisional: fc.constantFrom(false, false, true),
    cause,
    count,
  })
  .chain((given) => time.map((when) => signal({ ...given, ...when })));
const groups = fc.array(fc.oneof(kubelet, registry), { maxLength: 25 });

/** One group as two of the same kind and minute. */
function split(group: SignalGroup, share: number): SignalGroup[] {
  const first = Math.floor(group.count * share);
  if (first === 0 || first === group.count) return [group];
  const { firstAt, lastAt } = group;
  const endOfMinute = Math.floor(firstAt.getTime() / 60_000) * 60_000 + 59_999;
  const room = Math.min(endOfMinute, lastAt.getTime()) - firstAt.getTime();
  const middle = new Date(firstAt.getTime() + Math.floor(room * share));
  return [
    { ...group, count: first, firstAt: middle },
    { ...group, count: group.count - first, lastAt: middle },
  ];
}

it("gives the same in any order", () => {
  fc.assert(
    fc.property(
      groups.chain((given) =>
        fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
      ),
      ([given, shuffled]) => {
        expect(foldSignals(shuffled, now)).toEqual(foldSignals(given, now));
      },
    ),
    options,
  );
});

it("gives the same however the minutes were cut into batches", () => {
  fc.assert(
    fc.property(groups, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(25), (given, share, cut) => {
      const whole = foldSignals(given, now);
      const pieces = given.flatMap((group) => split(group, share));
      expect(foldSignals(pieces, now)).toEqual(whole);
      const batches = [...mergeGroups(pieces.slice(cut)), ...mergeGroups(pieces.slice(0, cut))];
      expect(foldSignals(batches, now)).toEqual(whole);
    }),
    options,
  );
});

it("leaves what it was given as it was", () => {
  fc.assert(
    fc.property(groups, (given) => {
      const before = structuredClone(given);
      foldSignals(given, now);
      expect(given).toEqual(before);
    }),
    options,
  );
});

it("counts what adds up, and no failure twice", () => {
  fc.assert(
    fc.property(groups, (given) => {
      const { incidents } = foldSignals(given, now);
      const told = given.filter((group) => group.cause !== null && group.action === "pull");
      let evidence = 0;
      for (const incident of incidents) {
        expect(incident.hours.reduce((sum, hour) => sum + hour.count, 0)).toBe(incident.count);
        expect(incident.hours.every((hour) => hour.count > 0)).toBe(true);
        const ofSides = incident.sides.reduce((sum, side) => sum + side.count, 0);
        expect(incident.count).toBeGreaterThan(0);
        expect(incident.count).toBeLessThanOrEqual(ofSides);
        expect(incident.firstAt <= incident.lastAt).toBe(true);
        if (incident.recoveredAt) expect(incident.recoveredAt >= incident.lastAt).toBe(true);
        evidence += ofSides;
      }
      const firm = told.filter((group) => !group.provisional);
      expect(evidence).toBeLessThanOrEqual(told.reduce((sum, group) => sum + group.count, 0));
      expect(evidence).toBeGreaterThanOrEqual(firm.reduce((sum, group) => sum + group.count, 0));
    }),
    options,
  );
});

it("makes one incident of a reference, family and subject until a pull goes well", () => {
  fc.assert(
    fc.property(groups, (given) => {
      const { incidents } = foldSignals(given, now);
      const combinations = Map.groupBy(incidents, ({ reference, family, subject }) =>
        JSON.stringify([reference, family, subject]),
      );
      const successes = given.filter((group) => group.cause === null && group.action === "pull").length;
      for (const same of combinations.values()) expect(same.length).toBeLessThanOrEqual(1 + 2 * successes);
      expect(new Set(incidents.map(({ key }) => key)).size).toBe(incidents.length);
    }),
    options,
  );
});

it("has no incident of a runtime where a workload fails with the same trouble and tag all the time", () => {
  const throughout = signal({
    side: "kubernetes",
    workload: "Deployment/all",
    cause: "not-found",
    count: 9,
    ...later(0, 7 * 3_600),
  });
  fc.assert(
    fc.property(groups, (given) => {
      const alike = given.filter((group) => group.side !== "kubernetes" && isRuntime(group.agent));
      const missing = alike.map((group) => ({ ...group, reference: "v1", cause: "not-found" as const }));
      const { incidents } = foldSignals([...missing, throughout], now);
      expect(incidents).toHaveLength(1);
    }),
    options,
  );
});

it("is not changed by the success of somebody else", () => {
  fc.assert(
    fc.property(groups, time, fc.constantFrom("pull", "push"), (given, when, action) => {
      const stranger = { address: "10.9.9.9", agent: "crane/0.22", actor: "stranger" };
      const success = signal({ ...stranger, action, cause: null, ...when });
      const workload = signal({ ...when, side: "kubernetes", workload: "Deployment/other", cause: null });
      expect(foldSignals([...given, success, workload], now)).toEqual(foldSignals(given, now));
    }),
    options,
  );
});
