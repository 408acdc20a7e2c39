import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestSignals } from "#lib/events/ingest-service";
import { applyWaiting } from "#lib/events/service";
import { plainSignal } from "#lib/events/signal-fields";
import { createSource } from "#lib/events/source-service";
import { foldDue } from "#lib/failures/fold-service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { endWorker, killWorkers, startWorker } from "#lib/testing/worker-process";

const { db } = attachTestDatabase();
const kills = fuzzRuns(2, 12);
const repositories = 20;
const begin = Date.now() - 20 * 3_600_000;
let clean: string[];

beforeAll(async () => {
  const registryId = await connect("clean");
  await tell(registryId);
  await applyWaiting(registryId);
  await foldDue();
  clean = await dump(registryId);
  expect(clean.filter((line) => line.startsWith("incident")).length).toBeGreaterThan(repositories);
});
afterAll(killWorkers);

async function connect(slug: string): Promise<number> {
  const registryId = await connectTestRegistry(slug, "http://127.0.0.1:1");
  await createSource(testContext, { registry: slug, kind: "registry-logs", name: "logs" });
  return registryId;
}

/** Failures and pulls of many repositories, most of them more than once. */
async function tell(registryId: number): Promise<void> {
  const logs = await findTestSource(registryId, "registry-logs");
  const notifications = await findTestSource(registryId);
  const signals = Array.from({ length: 2_500 }, (_, index) =>
    plainSignal({
      eventId: `event-${index}`,
      side: index % 5 === 0 ? "notification" : "log",
      action: "pull",
      cause: index % 5 === 0 ? null : "not-found",
      repository: `team/r${index % repositories}`,
      tag: `v${index % 3}`,
      actor: `robot:${index % 7}`,
      address: `10.0.0.${index % 7}`,
      agent: "skopeo/1.9.3",
      at: new Date(begin + index * 26_000),
      raw: "{}",
    }),
  );
  const parse = (side: string) => ({
    signals: signals.filter((signal) => signal.side === side),
    ...{ ignored: 0, unreadable: 0 },
  });
  await ingestSignals(logs, parse("log"), new Date());
  await ingestSignals(notifications, parse("notification"), new Date());
  await ingestSignals(logs, parse("log"), new Date());
}

/** All that applying and folding write, as lines. */
async function dump(registryId: number): Promise<string[]> {
  const rows = await db().$queryRaw<{ line: string }[]>`
    SELECT concat_ws(' ', 'incident', repository, fold_key, cause, count, first_at, last_at, recovered_at, ended_quietly,
      (SELECT string_agg(h.hour || '=' || h.count, ',' ORDER BY h.hour) FROM incident_hour h WHERE h.incident_id = i.id)) AS line
    FROM incident i WHERE registry_id = ${registryId}
    UNION ALL SELECT concat_ws(' ', 'failures', hour, cause, count) FROM failure_hour
    WHERE registry_id = ${registryId} AND count <> 0
    UNION ALL SELECT concat_ws(' ', 'activity', day, repository, actor, pushes, pulls, deletes) FROM activity_day
    WHERE registry_id = ${registryId}
    UNION ALL SELECT concat_ws(' ', 'events', hour, side, action, cause, count) FROM event_hour WHERE registry_id = ${registryId}
    ORDER BY 1`;
  return rows.map(({ line }) => line);
}

/** Waits, on the database's own clock, until a condition holds. */
async function waitFor(holds: () => Promise<boolean>, timeoutMs: number, what: string): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await db().$queryRaw`SELECT 1 AS one FROM pg_sleep(0.005)`;
  }
}

describe("a worker killed while it takes events in and folds them", () => {
  it.each(Array.from({ length: kills }, (_, index) => index))(
    "CRASH: kill %i loses and doubles nothing",
    async (index) => {
      const registryId = await connect(`killed-${index}`);
      await tell(registryId);
      const waiting = () => db().registryEvent.count({ where: { registryId, appliedAt: null } });
      const refolds = () => db().incidentRefold.count({ where: { registryId, dueAt: { lte: new Date() } } });
      const incidents = () => db().incident.count({ where: { registryId } });
      const first = startWorker();
      const share = (Math.floor(index / 2) + 1) / (kills / 2 + 1);
      if (index % 2 === 0)
        await waitFor(async () => (await waiting()) < 2_500 * (1 - share), 60_000, "something is taken in");
      else
        await waitFor(async () => (await incidents()) > repositories * share, 60_000, "something is folded");
      await endWorker(first, "SIGKILL");
      const left = (await waiting()) + (await refolds());
      expect(left, "it was in the middle").toBeGreaterThan(0);
      const second = startWorker();
      try {
        await waitFor(async () => (await waiting()) === 0, 60_000, "all is taken in");
        await waitFor(async () => (await refolds()) === 0, 60_000, "all is folded");
        await waitFor(async () => (await dump(registryId)).length >= clean.length, 30_000, "all is written");
      } finally {
        await endWorker(second, "SIGTERM");
      }
      expect(await dump(registryId)).toEqual(clean);
    },
    180_000,
  );
});
