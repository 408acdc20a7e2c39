import type { ActivitySeries } from "#lib/activity/schema";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

export interface ActivityColumn {
  /** The first and the last day of it, in UTC. */
  from: string;
  to: string;
  /** Under the axis. */
  tick: string;
  /** When, in words. */
  when: string;
  count: number;
  isUnknown: boolean;
  /** All of it in one sentence. */
  label: string;
}

export interface ActivityColumns {
  columns: ActivityColumn[];
  total: number;
  /** Runs of unknown columns, by the ticks of their first and last. */
  unknown: { from: number; to: number }[];
  /** The chart in one sentence, for those who do not see it. */
  summary: string;
}

const words = {
  push: ["push", "pushes"],
  pull: ["pull", "pulls"],
  delete: ["deletion", "deletions"],
} as const;

const dayMs = 86_400_000;
const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const long = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** One chart of one action: every number and word of it is decided here. Only pulls can be unknown. */
export function prepareActivityColumns(series: ActivitySeries, action: keyof typeof words): ActivityColumns {
  const line = series.series.find(({ key }) => key === action);
  const [one, many] = words[action];
  const columns = series.at.map((at, index): ActivityColumn => {
    const begin = Date.parse(at);
    const next = series.at[index + 1];
    const end = (next === undefined ? Date.parse(series.to) : Date.parse(next)) - dayMs;
    const count = line?.counts[index] ?? 0;
    const isUnknown = action === "pull" && (series.heard[index] ?? 0) < 1;
    const when =
      series.step === "week"
        ? `${short.format(begin)} to ${long.format(Math.max(begin, end))}`
        : long.format(begin);
    return {
      from: formatDay(begin),
      to: formatDay(Math.max(begin, end)),
      tick: short.format(begin),
      when,
      count,
      isUnknown,
      label: `${when}: ${describe(count, one, many, isUnknown)}`,
    };
  });
  const total = line?.total ?? 0;
  return { columns, total, unknown: joinUnknown(columns), summary: summarise(columns, total, one, many) };
}

function describe(count: number, one: string, many: string, isUnknown: boolean): string {
  if (!isUnknown) return formatPlural(count, one, many);
  return count === 0 ? `${many} unknown` : `${formatPlural(count, one, many)} or more`;
}

function joinUnknown(columns: readonly ActivityColumn[]): ActivityColumns["unknown"] {
  const runs: ActivityColumns["unknown"] = [];
  columns.forEach(({ isUnknown }, index) => {
    if (!isUnknown) return;
    const last = runs[runs.length - 1];
    if (last && last.to === index - 1) last.to = index;
    else runs.push({ from: index, to: index });
  });
  return runs;
}

function summarise(columns: readonly ActivityColumn[], total: number, one: string, many: string): string {
  const most = columns.reduce<ActivityColumn | null>(
    (best, column) => (column.count > (best?.count ?? 0) ? column : best),
    null,
  );
  const unknown = columns.filter(({ isUnknown }) => isUnknown).length;
  return [
    formatPlural(total, one, many),
    most ? `most of them ${most.when}: ${formatCount(most.count)}` : null,
    unknown > 0
      ? `not wholly known for ${formatCount(unknown)} of ${formatCount(columns.length)} columns`
      : null,
  ]
    .filter(Boolean)
    .join(", ");
}

function formatDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
