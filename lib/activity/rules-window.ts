const dayMs = 86_400_000;

/** Days in UTC as `2026-11-28`; `until` is the first that is no longer in it. */
export interface DayWindow {
  from: string;
  until: string;
}

export function formatUtcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The days that a window touches. */
export function prepareDays(from: Date, to: Date): DayWindow {
  return { from: formatUtcDay(from), until: formatUtcDay(new Date(to.getTime() - 1 + dayMs)) };
}

/** As many days, right before. */
export function prepareDaysBefore({ from, until }: DayWindow): DayWindow {
  return { from: formatUtcDay(new Date(2 * Date.parse(from) - Date.parse(until))), until: from };
}

/** A registry counts from the day on which it first told of a pull until it was disconnected. */
export interface Teller {
  pullsSince: Date | null;
  disconnectedAt: Date | null;
}

/**
 * For how much of each step pulls are known: registry-days that were told of by those that could have been. Null
 * where no registry told of pulls yet. Days that have not come are no part of it.
 */
export function prepareHeard(
  steps: readonly Date[],
  { until }: DayWindow,
  tellers: readonly Teller[],
  told: readonly { day: string; count: number }[],
  now: Date,
): (number | null)[] {
  const today = formatUtcDay(now);
  const spans = tellers.flatMap(({ pullsSince, disconnectedAt }) =>
    pullsSince === null
      ? []
      : {
          from: formatUtcDay(pullsSince),
          to: disconnectedAt === null ? today : formatUtcDay(disconnectedAt),
        },
  );
  const toldOn = new Map(told.map(({ day, count }) => [day, count]));
  return steps.map((begin, index) => {
    const end = steps[index + 1] ?? new Date(until);
    let heard = 0;
    let possible = 0;
    for (let time = begin.getTime(); time < end.getTime(); time += dayMs) {
      const day = formatUtcDay(new Date(time));
      if (day > today) break;
      possible += spans.filter(({ from, to }) => from <= day && day <= to).length;
      heard += toldOn.get(day) ?? 0;
    }
    return possible === 0 ? null : Math.min(1, heard / possible);
  });
}
