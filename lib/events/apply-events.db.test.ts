import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import { applyWaiting } from "#lib/events/service";
import type { RegistrySignal } from "#lib/events/signal";
import { plainSignal } from "#lib/events/signal-fields";
import { insertManifests } from "#lib/inventory/store-apply-manifests";
import { getRequestMark } from "#lib/registries/request-mark";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const { db } = attachTestDatabase();
let registryId: number;
const digests = ["a", "b", "c"].map((letter) => `sha256:${letter.repeat(64)}`);

beforeAll(async () => {
  registryId = await connectTestRegistry("told", "http://127.0.0.1:1");
});

/** A repository whose manifests are all known, so that no registry is needed. */
async function createRepository(name: string): Promise<bigint> {
  const { id } = await db().repository.create({ data: { registryId, name } });
  await insertManifests(
    db(),
    registryId,
    digests.map((digest, index) => ({
      repositoryId: Number(id),
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: null,
      kind: "image",
      sizeBytes: 100 + index,
      totalBytes: 1_000 + index,
      configDigest: null,
      subjectDigest: null,
      annotations: {},
      body: Buffer.from(digest),
      blobs: [],
      children: [],
    })),
  );
  return id;
}

type Step = { action: "push" | "untag" | "delete" | "pull"; tag: string; digest: string };
const steps = fc.array(
  fc.record({
    action: fc.constantFrom<Step["action"]>("push", "push", "untag", "delete", "pull"),
    tag: fc.constantFrom("latest", "v1"),
    digest: fc.constantFrom(...digests),
  }),
  { minLength: 1, maxLength: 8 },
);

function notice(repository: string, step: Step, number: number): RegistrySignal {
  const isDeletion = step.action === "untag" || step.action === "delete";
  return plainSignal({
    eventId: `${repository}-${number}`,
    side: "notification",
    action: isDeletion ? "delete" : (step.action as "push" | "pull"),
    repository,
    tag: step.action === "delete" ? null : step.tag,
    digest: step.action === "untag" ? null : step.digest,
    actor: "ci",
    agent: "docker/27",
    at: new Date(Date.UTC(2026, 4, 1, 10, number * 10)),
    raw: "{}",
  });
}

async function tell(notices: readonly RegistrySignal[]): Promise<void> {
  for (const one of notices) {
    await ingestSignals(
      await findTestSource(registryId),
      { signals: [one], ignored: 0, unreadable: 0 },
      new Date(),
    );
    await applyWaiting(registryId);
  }
}

async function readState(repositoryId: bigint) {
  const [tags, moves, manifests, repository, days] = await Promise.all([
    db().tag.findMany({
      where: { repositoryId },
      orderBy: { name: "asc" },
      select: { name: true, digest: true, pushedAt: true, pushedAtSeen: true, totalBytes: true },
    }),
    db().tagMove.findMany({
      where: { repositoryId },
      orderBy: [{ tagName: "asc" }, { at: "asc" }],
      select: { tagName: true, digest: true, at: true, atSeen: true, source: true, actor: true },
    }),
    db().manifest.findMany({
      where: { repositoryId },
      orderBy: { digest: "asc" },
      select: { digest: true, pushedAt: true, lastPulledAt: true },
    }),
    db().repository.findUniqueOrThrow({ where: { id: repositoryId }, select: { lastPulledAt: true } }),
    db().repositoryDay.findMany({
      where: { repositoryId },
      orderBy: { day: "asc" },
      select: { day: true, pulls: true, pushes: true },
    }),
  ]);
  return { tags, moves, manifests, repository, days };
}

describe("events taken into the inventory", () => {
  it(
    "E2 E3: any order and any repetition gives the same rows",
    async () => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(
          steps.chain((list) => {
            const numbered = list.map((step, number) => ({ step, number }));
            const twice = [...numbered, ...numbered];
            return fc.tuple(
              fc.constant(numbered),
              fc.shuffledSubarray(twice, { minLength: twice.length, maxLength: twice.length }),
            );
          }),
          async ([inOrder, shuffled]) => {
            const one = `one-${++round}`;
            const other = `other-${round}`;
            const ids = [await createRepository(one), await createRepository(other)] as const;
            await tell(inOrder.map(({ step, number }) => notice(one, step, number)));
            await tell(shuffled.map(({ step, number }) => notice(other, step, number)));
            expect(await readState(ids[1])).toEqual(await readState(ids[0]));
          },
        ),
        { numRuns: fuzzRuns(25, 300) },
      );
    },
    fuzzRuns(300_000, 3_600_000),
  );

  it("E3: an event from the future counts as now, and the registry's own time is kept beside it", async () => {
    const id = await createRepository("future");
    const step: Step = { action: "push", tag: "latest", digest: digests[0] ?? "" };
    const at = new Date(Date.now() + 3 * 86_400_000);
    await tell([{ ...notice("future", step, 1), at }]);
    const move = await db().tagMove.findFirstOrThrow({ where: { repositoryId: id } });
    expect(move.at.getTime()).toBeLessThan(Date.now() + 6 * 60_000);
    const event = await db().registryEvent.findFirstOrThrow({ where: { repository: "future" } });
    expect(event.at).toEqual(at);
  });

  it("what was used is counted by the day, each event once, without our own requests", async () => {
    const id = await createRepository("used");
    const digest = digests[0] ?? "";
    const pull: Step = { action: "pull", tag: "latest", digest };
    const push: Step = { action: "push", tag: "latest", digest };
    const evening = new Date(Date.UTC(2026, 4, 1, 23, 59, 59));
    const morning = new Date(Date.UTC(2026, 4, 2, 0, 0, 1));
    const mark = await getRequestMark();
    const told = [
      { ...notice("used", push, 1), at: evening },
      { ...notice("used", { ...push }, 2), tag: null, at: evening },
      { ...notice("used", pull, 3), at: evening },
      { ...notice("used", pull, 4), at: morning },
      { ...notice("used", pull, 5), at: morning },
      { ...notice("used", pull, 6), at: morning, agent: `wharfinger ${mark}` },
    ];
    await tell([...told, ...told.toReversed()]);
    const days = await db().repositoryDay.findMany({ where: { repositoryId: id }, orderBy: { day: "asc" } });
    expect(days.map(({ day, pulls, pushes }) => [day.toISOString().slice(0, 10), pulls, pushes])).toEqual([
      ["2026-05-01", 1, 1],
      ["2026-05-02", 2, 0],
    ]);
  });

  it("a day on which a registry tells of our own pulls only is a day that is known", async () => {
    const quiet = await connectTestRegistry("quiet", "http://127.0.0.1:2");
    const agent = `wharfinger ${await getRequestMark()}`;
    const pull = notice("any", { action: "pull", tag: "latest", digest: digests[0] ?? "" }, 1);
    const push = notice("any", { action: "push", tag: "latest", digest: digests[0] ?? "" }, 2);
    const source = await findTestSource(quiet);
    const tellAt = (at: string, one: RegistrySignal) =>
      ingestSignals(source, { signals: [one], ignored: 0, unreadable: 0 }, new Date(at));
    await tellAt("2026-04-30T10:00:00Z", push);
    await tellAt("2026-05-01T10:00:00Z", { ...pull, agent });
    await tellAt("2026-05-01T18:00:00Z", { ...pull, agent });
    await tellAt("2026-05-03T00:00:00Z", { ...pull, agent });
    const days = await db().registryDay.findMany({ where: { registryId: quiet }, orderBy: { day: "asc" } });
    expect(days.map(({ day }) => day.toISOString().slice(0, 10))).toEqual(["2026-05-01", "2026-05-03"]);
    const registry = await db().registry.findUniqueOrThrow({ where: { id: quiet } });
    expect(registry.pullsSince).toEqual(new Date("2026-05-01T10:00:00Z"));
  });

  it("two workers on the same events have one effect", async () => {
    const id = await createRepository("raced");
    const told = Array.from({ length: 30 }, (_, number) =>
      notice("raced", { action: "push", tag: "latest", digest: digests[number % 3] ?? "" }, number),
    );
    await ingestSignals(
      await findTestSource(registryId),
      { signals: told, ignored: 0, unreadable: 0 },
      new Date(),
    );
    await Promise.all([applyWaiting(registryId), applyWaiting(registryId), applyWaiting(registryId)]);
    expect(await db().tagMove.count({ where: { repositoryId: id } })).toBe(30);
    const tag = await db().tag.findFirstOrThrow({ where: { repositoryId: id } });
    expect(tag.digest).toBe(digests[29 % 3]);
    expect(tag.pushedAtSeen).toBe(false);
  });
});
