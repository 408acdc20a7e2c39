import type { Scope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { countFailedPulls } from "#lib/events/failed-pull-service";
import type { OpenCause, OpenIncident } from "#lib/failures/open-incident";
import { describeIncident } from "#lib/failures/rules-incident-words";
import {
  listFailingRepositories,
  listOpenCauseRows,
  listOpenIncidentRows,
} from "#lib/failures/store-open-incidents";

/** Failures that go on in these places, the newest first; no more than anybody could be told of. */
export async function listOpenIncidents(scope: Scope): Promise<OpenIncident[]> {
  const rows = await listOpenIncidentRows(db(), scope);
  return rows.map((row) => ({
    registry: row.registry,
    repository: row.repository,
    reference: row.reference,
    family: row.family,
    subjectKind: row.subject_kind,
    subject: row.subject,
    title: describeIncident({ ...row, subject: { kind: row.subject_kind, name: row.subject } }),
    firstAt: row.first_at,
    lastAt: row.last_at,
  }));
}

/** Causes of failures that go on, each with the first hour since `since` in which it was one. */
export function listOpenCauses(registryId: number | null, since: Date): Promise<OpenCause[]> {
  return listOpenCauseRows(db(), registryId, since);
}

/** How many pulls failed in the last minutes: what was told of the repositories that have a failure since then. */
export async function countRecentFailures(scope: Scope, since: Date, now: Date): Promise<number> {
  const failing = await listFailingRepositories(db(), scope, since);
  if (failing.length === 0) return 0;
  const told = await countFailedPulls(failing, since, now);
  // Never more than the failures themselves say: much of what is told is no failed pull.
  return failing.reduce((sum, { registryId, repository, count }) => {
    const counted = told.get(`${registryId} ${repository}`) ?? 0;
    return sum + Math.min(count, counted);
  }, 0);
}
