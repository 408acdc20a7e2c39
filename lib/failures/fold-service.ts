import { db, type Tx } from "#lib/db/client";
import { isDatabaseAway } from "#lib/db/database-fault";
import { withRetry } from "#lib/db/with-retry";
import { getKeptFrom } from "#lib/events/kept-from-service";
import { earliest, foldJudged } from "#lib/failures/rules-fold";
import type { FoldedIncident } from "#lib/failures/rules-fold-incident";
import { type IncidentPlan, type KnownIncident, planIncidents } from "#lib/failures/rules-incident-plan";
import { keepPast } from "#lib/failures/rules-past";
import { refreshRuns } from "#lib/failures/signal-runs-service";
import { listIncidentPasts, listIncidentsSince, writeIncidentPlan } from "#lib/failures/store-incidents";
import {
  type DueRefold,
  insertLaterRefold,
  postponeRefolds,
  takeDueRefold,
} from "#lib/failures/store-refolds";
import { listRuns, writeCover } from "#lib/failures/store-signal-runs";
import { findTagFates } from "#lib/failures/store-tag-fates";
import { log } from "#lib/log/log";

const restSeconds = 300;
/** So far back deliveries may be late, or their clocks wrong, without a word about it. */
const usualMs = 2 * 86_400_000;
/** What is further apart has nothing to do with each other: a day of quiet ends an incident, and a bit for back-offs. */
const apartMs = 86_400_000 + 15 * 60_000;
/** So long after its last failure what goes well in a repository is still looked at. */
const keptMs = 3 * 86_400_000;

/** So long one repository may take. */
const patienceMs = 60_000;

/**
 * Folds every repository that is due, each in a transaction of its own. Several workers share the work, and the database's
 * clock, so that it does not matter how theirs differ; tests give one of their own.
 */
export async function foldDue(
  clock: () => Date | null = () => null,
  timeout: number = patienceMs,
): Promise<number> {
  for (let folded = 0; ; folded++) {
    const due = await foldNext(clock, timeout);
    if (due === null) return folded;
  }
}

/** One repository that cannot be folded waits a while, and holds up no other. Null when none is due. */
export async function foldNext(
  clock: () => Date | null = () => null,
  timeout: number = patienceMs,
): Promise<DueRefold | null> {
  let taken: DueRefold | null = null;
  let beganAt = 0;
  try {
    return await withRetry(() =>
      db().$transaction(
        async (tx) => {
          taken = null;
          beganAt = performance.now();
          const due = await takeDueRefold(tx, clock());
          taken = due;
          if (due !== null) await foldRepository(tx, due);
          return due;
        },
        { timeout },
      ),
    );
  } catch (error) {
    // A transaction that took too long ends with the same error as one whose database went away.
    const isSlow = performance.now() - beganAt >= timeout;
    if (taken === null || (isDatabaseAway(error) && !isSlow)) throw error;
    log.warn({ name: error instanceof Error ? error.name : "unknown" }, "failures could not be folded yet");
    await postponeRefolds(db(), taken, restSeconds);
    return taken;
  }
}

async function foldRepository(tx: Tx, due: DueRefold): Promise<void> {
  const { registryId, repository, now } = due;
  const wanted = new Date(Math.min(due.fromAt.getTime(), now.getTime() - usualMs));
  // What ended before the events that are kept is as it was: they say nothing of it any more.
  const keptFrom = (await getKeptFrom(tx)) ?? new Date(0);
  const openFrom = new Date(Math.max(wanted.getTime() - apartMs, keptFrom.getTime()));
  const known = await listIncidentsSince(tx, registryId, repository, openFrom);
  // Read from before the first of them, with all that could belong to it.
  const first = known.reduce((at, { firstAt }) => Math.min(at, firstAt.getTime()), wanted.getTime());
  const since = new Date(first - apartMs);
  const { coveredFrom, waiting } = await refreshRuns(tx, due, since);
  const { incidents, nextLookAt } = foldJudged(await listRuns(tx, registryId, repository, since), now);
  const refined = await refineCauses(tx, registryId, repository, incidents);
  const plan = planIncidents(known, refined, openFrom);
  await writeIncidentPlan(tx, registryId, repository, await restorePasts(tx, plan, known), now);
  const lastAt = incidents.reduce((at, incident) => Math.max(at, incident.lastAt.getTime()), 0);
  const keepUntil = new Date(Math.max(lastAt, waiting?.at.getTime() ?? 0) + keptMs);
  await writeCover(tx, registryId, repository, { fromAt: coveredFrom, keepUntil });
  const again = earliest([nextLookAt, waiting?.at ?? null]);
  if (again !== null)
    await insertLaterRefold(tx, { ...due, fromAt: again, hours: waiting?.hours ?? [] }, again);
}

/** Of an incident that began before the events that are kept, the stored row knows more than they do. */
async function restorePasts(
  tx: Tx,
  plan: IncidentPlan,
  known: readonly KnownIncident[],
): Promise<IncidentPlan> {
  const keptFrom = await getKeptFrom(tx);
  if (keptFrom === null) return plan;
  const old = new Set(known.filter(({ firstAt }) => firstAt < keptFrom).map(({ id }) => id));
  const ids = plan.write.flatMap(({ id }) => (id !== null && old.has(id) ? [id] : []));
  if (ids.length === 0) return plan;
  const pasts = await listIncidentPasts(tx, ids);
  const write = plan.write.map((one) => {
    const past = one.id === null ? undefined : pasts.get(one.id);
    return past === undefined ? one : { ...one, incident: keepPast(one.incident, past, keptFrom) };
  });
  return { ...plan, write };
}

/** `not-found` says no more than the registry did: the history of the tag says which. */
async function refineCauses(
  tx: Tx,
  registryId: number,
  repository: string,
  incidents: readonly FoldedIncident[],
): Promise<FoldedIncident[]> {
  const unsure = incidents.filter(
    ({ cause, reference }) => cause === "not-found" && reference !== null && !reference.includes(":"),
  );
  if (unsure.length === 0) return [...incidents];
  const fates = await findTagFates(
    tx,
    registryId,
    repository,
    unsure.map(({ reference, lastAt }) => ({ tag: reference ?? "", at: lastAt })),
  );
  const byIncident = new Map(unsure.map((incident, index) => [incident, fates[index]]));
  return incidents.map((incident) => {
    const fate = byIncident.get(incident);
    return fate === "tag-deleted" || fate === "tag-never-existed" ? { ...incident, cause: fate } : incident;
  });
}
