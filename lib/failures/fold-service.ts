import { db, type Tx } from "#lib/db/client";
import { withRetry } from "#lib/db/with-retry";
import { listSignalGroups } from "#lib/events/list-signal-groups";
import { foldSignals } from "#lib/failures/rules-fold";
import type { FoldedIncident } from "#lib/failures/rules-fold-incident";
import { planIncidents } from "#lib/failures/rules-incident-plan";
import { findFoldFloor, listIncidentsSince, writeIncidentPlan } from "#lib/failures/store-incidents";
import { type DueRefold, insertLaterRefold, takeDueRefold } from "#lib/failures/store-refolds";
import { findTagFates } from "#lib/failures/store-tag-fates";

/** So far back deliveries may be late, or their clocks wrong, without a word about it. */
const usualMs = 2 * 86_400_000;

/** Folds every repository that is due, each in a transaction of its own. Several workers share the work. */
export async function foldDue(now = () => new Date()): Promise<number> {
  for (let folded = 0; ; folded++) {
    const wasDue = await withRetry(() =>
      db().$transaction(
        async (tx) => {
          const due = await takeDueRefold(tx, now());
          if (due !== null) await foldRepository(tx, due, now());
          return due !== null;
        },
        { timeout: 60_000 },
      ),
    );
    if (!wasDue) return folded;
  }
}

async function foldRepository(tx: Tx, due: DueRefold, now: Date): Promise<void> {
  const { registryId, repository } = due;
  const wanted = new Date(Math.min(due.fromAt.getTime(), now.getTime() - usualMs));
  const since = await findFoldFloor(tx, registryId, repository, wanted);
  const groups = await listSignalGroups(tx, registryId, repository, since);
  const { incidents, nextLookAt } = foldSignals(groups, now);
  const known = await listIncidentsSince(tx, registryId, repository, since);
  const refined = await refineCauses(tx, registryId, repository, incidents);
  await writeIncidentPlan(tx, registryId, repository, planIncidents(known, refined), now);
  if (nextLookAt !== null) await insertLaterRefold(tx, { ...due, fromAt: nextLookAt }, nextLookAt);
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
