import { type AxisLabel, formatStep, prepareAxisLabels, type Step } from "@/components/charts/format-step";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

export interface ChartSeries {
  key: string | null;
  label: string;
  /** The class that sets its colour. */
  colour: string;
  total: number;
  counts: readonly number[];
}

export interface TimeColumn {
  at: string;
  /** The begin of the next one. */
  end: string;
  /** When, in words. */
  when: string;
  total: number;
  /** What it is made of, the largest first. */
  parts: { key: string | null; label: string; colour: string; count: number }[];
  /** Part of the time nobody could have told. */
  isSilent: boolean;
  /** All of it in one sentence. */
  label: string;
}

export interface TimeColumns {
  columns: TimeColumn[];
  /** One path for each series, in a space of `width` by `chartHeight`. */
  paths: { key: string | null; colour: string; path: string }[];
  width: number;
  /** Counts at the lines, from zero to the top. */
  ticks: number[];
  /** Runs of silent columns, in columns. */
  silent: { from: number; to: number }[];
  labels: AxisLabel[];
}

export const chartHeight = 1_000;
const columnWidth = 10;
const heardEnough = 0.9;

/** Stacked columns over time: every number, word and path is decided here. */
export function prepareTimeColumns({
  at,
  to,
  step,
  zone,
  series,
  heard,
  one,
}: {
  at: readonly string[];
  to: string;
  step: Step;
  zone: string;
  series: readonly ChartSeries[];
  /** How much of each step the sources were heard; null where there was none. */
  heard: readonly (number | null)[];
  /** What is counted: `failure`. */
  one: string;
}): TimeColumns {
  const wasAnyHeard = heard.some((share) => share !== null);
  const times = at.map((each) => Date.parse(each));
  const columns = at.map((begin, index): TimeColumn => {
    const end = at[index + 1] ?? to;
    const parts = series
      .map(({ key, label, colour, counts }) => ({ key, label, colour, count: counts[index] ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count);
    const total = parts.reduce((sum, { count }) => sum + count, 0);
    // Where nobody was ever heard, the page says so once.
    const share = heard[index] ?? null;
    const isSilent = wasAnyHeard && (share ?? 0) < heardEnough;
    const when = formatStep(times[index] ?? 0, endOf(times, index, Date.parse(to), step), step, zone);
    return {
      at: begin,
      end,
      when,
      total,
      parts,
      isSilent,
      label:
        isSilent && share === null && total === 0
          ? `${when}: unknown, as no source told of anything yet`
          : describe(when, total, parts, isSilent, one),
    };
  });
  const ticks = prepareTicks(Math.max(0, ...columns.map(({ total }) => total)));
  return {
    columns,
    paths: preparePaths(series, ticks[ticks.length - 1] ?? 1),
    width: Math.max(1, at.length) * columnWidth,
    ticks,
    silent: joinSilent(columns),
    labels: prepareAxisLabels(times, step, zone),
  };
}

/** The last hour is named whole, though it is not over yet. */
function endOf(times: readonly number[], index: number, to: number, step: Step): number {
  const next = times[index + 1];
  if (next !== undefined) return next;
  return step === "hour" ? (times[index] ?? 0) + 3_600_000 : to;
}

function describe(
  when: string,
  total: number,
  parts: TimeColumn["parts"],
  isSilent: boolean,
  one: string,
): string {
  const what = parts.map(({ label, count }) => `${label} ${formatCount(count)}`).join(", ");
  const gap = isSilent ? ". A source was silent: some may be missing" : "";
  return `${when}: ${total === 0 ? `no ${one}` : `${formatPlural(total, one)}, ${what}`}${gap}`;
}

/** Zero, and up to four round steps over the largest count. */
export function prepareTicks(largest: number): number[] {
  if (largest <= 0) return [0, 1];
  const rough = largest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 1);
  return Array.from({ length: Math.ceil(largest / step) + 1 }, (_, index) => index * step);
}

function preparePaths(series: readonly ChartSeries[], top: number): TimeColumns["paths"] {
  const count = series[0]?.counts.length ?? 0;
  const gap = count > 60 ? 1.4 : 2;
  const floors = new Array<number>(count).fill(0);
  return series.map(({ key, colour, counts }) => {
    let path = "";
    counts.forEach((value, index) => {
      if (value === 0) return;
      const floor = floors[index] ?? 0;
      floors[index] = floor + value;
      // What happened once in a large crowd is still seen.
      const height = Math.max((value / top) * chartHeight, floor === 0 ? 6 : 0);
      const y = chartHeight - (floor / top) * chartHeight;
      path += `M${round(index * columnWidth + gap / 2)} ${round(y)}v${round(-height)}h${columnWidth - gap}v${round(height)}z`;
    });
    return { key, colour, path };
  });
}

function joinSilent(columns: readonly TimeColumn[]): TimeColumns["silent"] {
  const runs: TimeColumns["silent"] = [];
  columns.forEach(({ isSilent }, index) => {
    if (!isSilent) return;
    const last = runs[runs.length - 1];
    if (last && last.to === index) last.to = index + 1;
    else runs.push({ from: index, to: index + 1 });
  });
  return runs;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
