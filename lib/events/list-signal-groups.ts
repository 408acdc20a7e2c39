import type { Tx } from "#lib/db/client";
import {
  listFailedHourRows,
  listHourRowsBefore,
  listPulledHourRows,
  listSignalGroupRows,
} from "#lib/events/store-signal-groups";
import type { SignalGroup } from "#lib/failures/rules-signal-group";
import {
  afterHourMs,
  beforeHourMs,
  type FailedClient,
  hourMs,
  mergeSpans,
  reachMs,
} from "#lib/failures/rules-signal-runs";

/**
 * What was told of one repository in some hours and around them, as far as it says something of failures: what went well
 * only where it is of somebody who failed, then or as one of those given.
 */
export function listSignalGroups(
  tx: Tx,
  registryId: number,
  repository: string,
  hours: readonly number[],
  clients: readonly FailedClient[],
): Promise<SignalGroup[]> {
  const spans = mergeSpans(
    hours.map((hour) => ({
      from: hour - beforeHourMs,
      open: hour - reachMs,
      to: hour + hourMs + afterHourMs,
    })),
  );
  return listSignalGroupRows(tx, registryId, repository, spans, clients);
}

/** The hours from a time on in which a pull failed. */
export async function listFailedHours(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
): Promise<number[]> {
  const rows = await listFailedHourRows(tx, registryId, repository, since);
  return rows.map(({ hour }) => hour.getTime());
}

/** The hours before these in which something was told that may still have been open as they began. */
export async function listHoursBefore(
  tx: Tx,
  registryId: number,
  repository: string,
  hours: readonly number[],
): Promise<number[]> {
  const spans = hours.map((hour) => ({ from: hour - beforeHourMs, to: hour, open: hour - reachMs }));
  const rows = await listHourRowsBefore(tx, registryId, repository, spans);
  return rows.map(({ hour }) => hour.getTime());
}

/** The hours from a time on in which a pull of one of these went well. */
export async function listPulledHours(
  tx: Tx,
  registryId: number,
  repository: string,
  since: Date,
  clients: readonly FailedClient[],
): Promise<number[]> {
  const rows = await listPulledHourRows(tx, registryId, repository, since, clients);
  return rows.map(({ hour }) => hour.getTime());
}
