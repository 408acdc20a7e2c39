import { formatCount, formatPlural } from "@/components/ui/format-bytes";

export interface Sparkline {
  /** What it says, in words. */
  label: string;
  /** Nothing happened on any day that is known: a word says it better than a line. */
  isFlat: boolean;
  /** Path of the days that are known, of those that stand alone, and of the gaps between them. */
  known: string;
  alone: string;
  unknown: string;
}

export const sparklineWidth = 96;
export const sparklineHeight = 20;
const inset = 2;

/** A line of daily counts, oldest first; null for a day of which nothing is known: it is a gap, never zero. */
export function prepareSparkline(days: readonly (number | null)[], one: string): Sparkline {
  const counts = days.filter((count) => count !== null);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const highest = Math.max(1, ...counts);
  const x = (day: number) =>
    round(inset + (day * (sparklineWidth - 2 * inset)) / Math.max(1, days.length - 1));
  const y = (count: number) =>
    round(sparklineHeight - inset - (count / highest) * (sparklineHeight - 2 * inset));
  let known = "";
  let alone = "";
  let unknown = "";
  days.forEach((count, day) => {
    const before = day > 0 ? days[day - 1] : undefined;
    if (count !== null) {
      const goesOn = before !== undefined && before !== null;
      const isAlone = !goesOn && (days[day + 1] ?? null) === null;
      // A dot is a line of no length with round ends.
      if (isAlone) alone += `M${x(day)} ${y(count)}h0`;
      else known += `${goesOn ? "L" : "M"}${x(day)} ${y(count)}`;
    } else if (before !== null || day === 0) unknown += `M${x(day)} ${y(0)}`;
    if (count === null) unknown += `H${x(day)}`;
  });
  return {
    label: describe(total, counts.length, days.length, one),
    isFlat: total === 0,
    known,
    alone,
    unknown,
  };
}

function describe(total: number, known: number, all: number, one: string): string {
  const what = total === 0 ? `No ${one}` : formatPlural(total, one);
  if (known === all) return `${what} in ${formatCount(all)} days`;
  const days = known === 1 ? "the one day" : `the ${formatCount(known)} days`;
  return `${what} on ${days} of the last ${formatCount(all)} that the registry told of`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
