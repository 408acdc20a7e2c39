/** While notifications arrive, the sweep that looks for lost ones comes this rarely. */
const sweepWithEventsMinutes = 24 * 60;
/** A failed run is tried again no sooner. */
const retryMinutes = 5;
const minute = 60_000;

export interface ScheduleState {
  syncEveryMinutes: number;
  /** Whether the registry has a secret to send notifications with. */
  hasIngestSecret: boolean;
  lastSyncedAt: Date | null;
  lastSweptAt: Date | null;
  lastEventAt: Date | null;
  lastAttemptAt: Date | null;
}

/**
 * Whether notifications can be trusted to tell what changes: one arrived since the last look at the registry began,
 * which itself makes the registry send some.
 */
export function areEventsFlowing(
  state: Pick<ScheduleState, "hasIngestSecret" | "lastSweptAt" | "lastEventAt">,
): boolean {
  if (!state.hasIngestSecret || state.lastEventAt === null || state.lastSweptAt === null) return false;
  return state.lastEventAt.getTime() >= state.lastSweptAt.getTime() - 10 * minute;
}

/** How often the registry is looked at: as it is set, or rarely while notifications tell what changes. */
export function planIntervalMinutes(
  state: Pick<ScheduleState, "syncEveryMinutes" | "hasIngestSecret" | "lastSweptAt" | "lastEventAt">,
): number {
  return areEventsFlowing(state)
    ? Math.max(state.syncEveryMinutes, sweepWithEventsMinutes)
    : state.syncEveryMinutes;
}

/** What the schedule wants now: a first full run, a sweep, or nothing. */
export function evaluateDue(state: ScheduleState, now: Date): "full" | "sweep" | null {
  if (state.syncEveryMinutes === 0) return null;
  const sinceAttempt =
    state.lastAttemptAt === null ? Number.POSITIVE_INFINITY : now.getTime() - state.lastAttemptAt.getTime();
  if (sinceAttempt < Math.min(retryMinutes, state.syncEveryMinutes) * minute) return null;
  if (state.lastSyncedAt === null || state.lastSweptAt === null) return "full";
  const every = planIntervalMinutes(state);
  return now.getTime() - state.lastSweptAt.getTime() >= every * minute ? "sweep" : null;
}
