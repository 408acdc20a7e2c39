import fc from "fast-check";
import { expect, it } from "vitest";
import { foldJudged, foldSignals } from "#lib/failures/rules-fold";
import type { SignalGroup } from "#lib/failures/rules-signal-group";
import {
  FailedClients,
  floorToHour,
  hourMs,
  judgeHour,
  mergeSpans,
  thinHour,
} from "#lib/failures/rules-signal-runs";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { at, now, signal } from "#lib/testing/signal-groups";

const options = { numRuns: fuzzRuns(150, 10_000) };

/** As a database reads them: each hour by itself, from what was told in it and around it. */
function thinAll(groups: readonly SignalGroup[]): SignalGroup[] {
  const failed = new FailedClients(groups.filter(({ cause }) => cause !== null));
  const hours = new Set(groups.map(({ firstAt }) => floorToHour(firstAt.getTime())));
  return [...hours].flatMap((hour) => thinHour(judgeHour(groups, hour, now.getTime()), hour, failed));
}

const clients = [
  { actor: "ci", address: "10.0.0.8", agent: "skopeo/1.9" },
  { actor: null, address: "10.0.0.8", agent: "skopeo/1.9", side: "access-log" },
  { actor: "puller", address: "10.0.0.9", agent: "crane/0.20" },
  { side: "kubernetes", cluster: "eu", namespace: "shop", workload: "Deployment/api", node: "n1" },
  { side: "kubernetes", cluster: "eu", namespace: "shop", workload: "Deployment/web", node: "n2" },
] satisfies Partial<SignalGroup>[];
const runtime = { actor: "node", address: "10.0.0.7", agent: "containerd/1.7" };

/** Somebody who fails again and again for hours, with pulls between that went well. */
const tellOf = (...who: Partial<SignalGroup>[]) => {
  const dense = fc.record({
    of: fc.constantFrom(...who),
    reference: fc.constantFrom("v1", "v2"),
    every: fc.integer({ min: 60, max: 1_500 }),
    times: fc.integer({ min: 1, max: 90 }),
    from: fc.nat(7_200),
    successes: fc.array(fc.nat(4 * 3_600), { maxLength: 4 }),
  });
  const told = dense.map(({ of, reference, every, times, from, successes }) => [
    ...Array.from({ length: times }, (_, index) =>
      signal({ ...of, reference, cause: "not-found", ...at(from + index * every) }),
    ),
    ...successes.map((second) =>
      signal({ ...of, side: "notification", reference, cause: null, ...at(second) }),
    ),
  ]);
  return fc.array(told, { minLength: 1, maxLength: 5 }).map((some) => some.flat());
};
const fleet = tellOf(...clients, runtime);

it("gives the incidents that all of it would give", () => {
  fc.assert(
    // What of a runtime's lines is evidence of a workload depends on minutes that are one here.
    fc.property(tellOf(...clients), (given) => {
      expect(foldJudged(thinAll(given), now).incidents).toEqual(foldSignals(given, now).incidents);
    }),
    options,
  );
});

it("gives the same in any order and from whichever hours are read together", () => {
  fc.assert(
    fc.property(
      fleet.chain((given) =>
        fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
      ),
      fc.nat(4),
      ([given, shuffled], more) => {
        const failed = new FailedClients(given);
        const hour = floorToHour(given[0]?.firstAt.getTime() ?? 0) + more * hourMs;
        const near = shuffled.filter(
          ({ firstAt }) => Math.abs(floorToHour(firstAt.getTime()) - hour) <= 2 * hourMs,
        );
        const thin = (groups: readonly SignalGroup[]) =>
          thinHour(judgeHour(groups, hour, now.getTime()), hour, failed);
        expect(thin(near)).toEqual(thin(given));
      },
    ),
    options,
  );
});

it("drops no failure, and nothing grows with how often the same is told", () => {
  fc.assert(
    fc.property(fleet, (given) => {
      const count = (groups: readonly SignalGroup[]) =>
        groups.reduce((sum, group) => sum + (group.cause === null ? 0 : group.count), 0);
      const runs = thinAll(given);
      expect(count(runs)).toBe(count(given));
      const steady = Array.from({ length: 3_600 }, (_, second) => signal({ ...clients[0], ...at(second) }));
      expect(thinAll(steady)).toHaveLength(1);
    }),
    { numRuns: fuzzRuns(20, 500) },
  );
});

it("judges what waits by what came after, also in the next hour", () => {
  const before = { ...clients[0], cause: "not-signed-in", provisional: true, ...at(3_599) } as const;
  const after = { ...clients[0], side: "notification", cause: null, ...at(3_620) } as const;
  const hour = floorToHour(at(0).firstAt.getTime());
  const judge = (...told: SignalGroup[]) => judgeHour(told, hour, at(3_601).firstAt.getTime());
  expect(judge(signal(before), signal(after))).toMatchObject({ failures: [], nextLookAt: null });
  expect(judge(signal(before)).nextLookAt).toEqual(at(3_603).lastAt);
  expect(judgeHour([signal(before)], hour, now.getTime()).failures).toHaveLength(1);
});

it("reads spans that overlap once", () => {
  const spans = [3, 0, 1].map((from) => ({ from, open: from, to: from + 1 }));
  expect(mergeSpans(spans)).toEqual([
    { from: 0, open: 0, to: 2 },
    { from: 3, open: 3, to: 4 },
  ]);
});
