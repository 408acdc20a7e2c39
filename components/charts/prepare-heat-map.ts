import { type AxisLabel, formatStep, prepareAxisLabels, type Step } from "@/components/charts/format-step";
import { formatPlural } from "@/components/ui/format-bytes";

export interface HeatRow {
  key: string;
  total: number;
  counts: readonly number[];
  /** How many, and when most of all. */
  label: string;
}

export interface HeatMap {
  rows: HeatRow[];
  /** One path for each level from faint to full, in a space of `columns` by rows, each cell 10 by 10. */
  levels: { level: number; path: string }[];
  columns: { at: string; end: string; when: string }[];
  labels: AxisLabel[];
}

export const heatLevels = 5;
const cell = 10;
const mostLabels = 3;

/** Who × when, the darker the more. Few beside many must still be seen, so a level is of the root of the count. */
export function prepareHeatMap({
  at,
  to,
  step,
  zone,
  series,
  one,
}: {
  at: readonly string[];
  to: string;
  step: Step;
  zone: string;
  series: readonly { key: string | null; total: number; counts: readonly number[] }[];
  one: string;
}): HeatMap {
  const times = at.map((each) => Date.parse(each));
  const columns = at.map((begin, index) => ({
    at: begin,
    end: at[index + 1] ?? to,
    when: formatStep(times[index] ?? 0, times[index + 1] ?? endOf(times[index] ?? 0, to, step), step, zone),
  }));
  const rows = series.flatMap(({ key, total, counts }): HeatRow[] =>
    key === null || key === "" ? [] : [{ key, total, counts, label: describe(key, total, counts) }],
  );
  const largest = Math.max(1, ...rows.flatMap(({ counts }) => counts));
  const paths = new Array<string>(heatLevels).fill("");
  rows.forEach(({ counts }, row) => {
    counts.forEach((count, column) => {
      if (count === 0) return;
      const level = levelOf(count, largest);
      paths[level - 1] += `M${column * cell} ${row * cell}h${cell}v${cell}h${-cell}z`;
    });
  });
  return {
    rows,
    levels: paths.map((path, index) => ({ level: index + 1, path })).filter(({ path }) => path !== ""),
    columns,
    labels: thinOut(prepareAxisLabels(times, step, zone).filter(({ index }) => index < at.length * 0.8)),
  };

  function describe(key: string, total: number, counts: readonly number[]): string {
    const most = counts.reduce((best, count, index) => (count > (counts[best] ?? 0) ? index : best), 0);
    return `${key}: ${formatPlural(total, one)}, most of them ${columns[most]?.when ?? "at no time"}`;
  }
}

/** A heat map has little room: three labels at most, none near its end. */
function thinOut(labels: readonly AxisLabel[]): AxisLabel[] {
  const every = Math.ceil(labels.length / mostLabels);
  return labels.filter((_, order) => order % every === 0);
}

export function levelOf(count: number, largest: number): number {
  return Math.min(heatLevels, Math.max(1, Math.ceil(Math.sqrt(count / largest) * heatLevels)));
}

function endOf(begin: number, to: string, step: Step): number {
  return step === "hour" ? begin + 3_600_000 : Date.parse(to);
}
