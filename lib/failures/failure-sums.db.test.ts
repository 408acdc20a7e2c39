import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import { applyWaiting } from "#lib/events/service";
import { plainSignal } from "#lib/events/signal-fields";
import { createSource } from "#lib/events/source-service";
import { foldDue } from "#lib/failures/fold-service";
import { type FailureSeriesQuery, failureSeriesQuery } from "#lib/failures/schema-incidents";
import { listFailureSeries } from "#lib/failures/series-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";
import { forgetFailures } from "#lib/testing/forget-failures";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const { db } = attachTestDatabase();
const registries = new Map<string, number>();
const hourMs = 3_600_000;
const days = 90;

beforeAll(async () => {
  for (const slug of ["prod", "dev"]) {
    registries.set(slug, await connectTestRegistry(slug, `http://127.0.0.1:${registries.size + 1}`));
    await createSource(testContext, { registry: slug, kind: "registry-logs", name: "logs" });
  }
});

async function forget(): Promise<void> {
  await forgetFailures(db());
  await db().incidentRefold.deleteMany();
}

const failures = fc.record({
  registry: fc.constantFrom("prod", "prod", "dev"),
  repository: fc.constantFrom("shop/a", "shop/b", "shop/c", "shop/d"),
  tag: fc.constantFrom("v1", "v2"),
  actor: fc.constantFrom("robot:ci", "ann", null),
  agent: fc.constantFrom("skopeo/1.9.3", "containerd/2.1", null),
  cause: fc.constantFrom("not-found" as const, "registry-error" as const),
  hour: fc.integer({ min: 1, max: days * 24 }),
});

type Failure = typeof failures extends fc.Arbitrary<infer T> ? T : never;

async function tell(told: readonly Failure[], now: Date) {
  for (const { registry, hour, ...more } of told) {
    const at = new Date(now.getTime() - hour * hourMs);
    const signal = plainSignal({
      eventId: randomUUID(),
      side: "log",
      action: "pull",
      address: "10.0.0.9",
      at,
      lastAt: at,
      raw: "{}",
      ...more,
    });
    const source = await findTestSource(registries.get(registry) ?? 0, "registry-logs");
    await ingestSignals(source, { signals: [signal], ignored: 0, unreadable: 0 }, now);
  }
  for (const id of registries.values()) await applyWaiting(id);
  await foldDue();
}

const ask = (more: Partial<FailureSeriesQuery>) =>
  listFailureSeries(testContext, failureSeriesQuery.parse(more));

const keys = ["repository", "principal", "client", "cluster", "registry", "cause", "none"] as const;

it("sums answer what the incidents themselves would, whatever the window, the zone and the order", async () => {
  await fc.assert(
    fc
      .asyncProperty(
        fc.array(failures, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(...keys),
        fc.constantFrom("day" as const, "week" as const),
        fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns"),
        fc.tuple(fc.nat({ max: days * 24 }), fc.integer({ min: 1, max: days * 24 })),
        fc.constantFrom(undefined, "prod"),
        async (told, by, step, zone, [back, long], registry) => {
          const now = new Date();
          const half = Math.floor(told.length / 2);
          await tell(told.slice(half), now);
          // What comes later changes what was folded before.
          await tell(told.slice(0, half), now);
          const to = new Date(now.getTime() - back * hourMs);
          const window = { from: new Date(to.getTime() - long * hourMs).toISOString(), to: to.toISOString() };
          const asked = { ...window, by, step, zone, top: 2, ...(registry && { registry }) };
          // A text that is in every name leads to the incidents.
          const slow = await ask({ ...asked, q: "/" });
          const fast = await ask(asked);
          expect(fast.series).toEqual(slow.series);
          expect(fast.totalBefore).toBe(slow.totalBefore);
          const sums = await ask({ ...asked, sum: "true" });
          const toTotals = ({ series }: typeof slow) => series.map(({ key, total }) => ({ key, total }));
          expect(toTotals(sums)).toEqual(toTotals(slow));
          expect(sums.at).toEqual([slow.from]);
        },
      )
      .beforeEach(forget),
    { numRuns: fuzzRuns(30, 500) },
  );
});
