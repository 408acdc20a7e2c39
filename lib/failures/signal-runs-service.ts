import { db, type Tx } from "#lib/db/client";
import { getKeptFrom } from "#lib/events/kept-from-service";
import {
  listFailedHours,
  listHoursBefore,
  listPulledHours,
  listSignalGroups,
} from "#lib/events/list-signal-groups";
import { earliest } from "#lib/failures/rules-fold";
import {
  type FailedClient,
  FailedClients,
  floorToHour,
  hourMs,
  type JudgedHour,
  judgeHour,
  thinHour,
} from "#lib/failures/rules-signal-runs";
import type { DueRefold } from "#lib/failures/store-refolds";
import {
  deleteOldCovers,
  deleteRunsBefore,
  findCover,
  forgetRunAddresses,
  listFailedClients,
  listRunHours,
  replaceRuns,
} from "#lib/failures/store-signal-runs";

export interface RefreshedRuns {
  /** Everything that was told since then is in the runs. */
  coveredFrom: Date;
  /** When a failure that still waits can be judged, and in which hours such are; null where none waits. */
  waiting: { at: Date; hours: Date[] } | null;
}

type Place = readonly [tx: Tx, registryId: number, repository: string];

/**
 * Brings the runs of a repository up to date: the hours of which something new was told, and, where somebody failed for
 * the first time, those in which their pulls went well. Everything since `since` is read where it was not before.
 */
export async function refreshRuns(tx: Tx, due: DueRefold, since: Date): Promise<RefreshedRuns> {
  const { now } = due;
  const place: Place = [tx, due.registryId, due.repository];
  const begin = new Date(floorToHour(since.getTime()));
  const cover = await findCover(...place);
  const isCovered = cover !== null && cover <= begin;
  const coveredFrom = isCovered ? cover : begin;
  const anewFrom = isCovered ? due.anewFrom : begin;
  const hours = await listHours(place, due.hours, anewFrom);
  const clients = isCovered ? await listFailedClients(...place) : [];
  const judged = await judgeHours(place, hours, clients, now);
  const added = new FailedClients(clients).findOthers(
    [...judged.values()].flatMap(({ failures }) => failures),
  );
  const all = [...clients, ...added];
  if (added.length > 0) {
    const pulled = await listPulledHours(...place, coveredFrom, added);
    const more = await judgeHours(
      place,
      pulled.filter((hour) => !judged.has(hour)),
      all,
      now,
    );
    for (const [hour, made] of more) judged.set(hour, made);
  }
  const theirs = new FailedClients(all);
  const runs = [...judged].flatMap(([hour, made]) => thinHour(made, hour, theirs));
  await replaceRuns(
    ...place,
    [...judged.keys()].map((hour) => new Date(hour)),
    runs,
  );
  const waiting = [...judged].filter(([, { nextLookAt }]) => nextLookAt !== null);
  const at = earliest(waiting.map(([, { nextLookAt }]) => nextLookAt));
  return {
    coveredFrom,
    waiting: at === null ? null : { at, hours: waiting.map(([hour]) => new Date(hour)) },
  };
}

async function listHours(place: Place, told: readonly Date[], anewFrom: Date | null): Promise<number[]> {
  const hours = new Set(told.map((hour) => hour.getTime()));
  // What was told may show what became of a failure just before.
  for (const hour of await listHoursBefore(...place, [...hours])) hours.add(hour);
  if (anewFrom !== null) {
    const since = new Date(floorToHour(anewFrom.getTime()));
    for (const hour of await listFailedHours(...place, since)) hours.add(hour);
    for (const hour of await listRunHours(...place, since)) hours.add(hour);
  }
  return [...hours];
}

async function judgeHours(
  place: Place,
  hours: readonly number[],
  clients: readonly FailedClient[],
  now: Date,
): Promise<Map<number, JudgedHour>> {
  if (hours.length === 0) return new Map();
  const groups = await listSignalGroups(...place, hours, clients);
  const byHour = Map.groupBy(groups, ({ firstAt }) => floorToHour(firstAt.getTime()));
  return new Map(
    hours.map((hour) => {
      const around = [hour - 2 * hourMs, hour - hourMs, hour, hour + hourMs];
      const near = around.flatMap((one) => byHour.get(one) ?? []);
      return [hour, judgeHour(near, hour, now.getTime())];
    }),
  );
}

/** What no incident is made of any more goes with the events, and so do addresses. */
export async function dropRuns(now: Date, addressesBefore: Date): Promise<void> {
  const keptFrom = await getKeptFrom(db());
  if (keptFrom !== null) await deleteRunsBefore(db(), keptFrom);
  await deleteOldCovers(db(), now);
  await forgetRunAddresses(db(), addressesBefore);
}
