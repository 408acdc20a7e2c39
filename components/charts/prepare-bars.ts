export interface Bar {
  /** Null for all the others together. */
  key: string | null;
  label: string;
  total: number;
  /** Of the largest bar, from 0 to 1. */
  share: number;
}

/** The largest first, what is left added up at the end. `nameless` is said of what has no name. */
export function prepareBars(
  series: readonly { key: string | null; total: number }[],
  shown: number,
  nameless: string,
): Bar[] {
  const named = series.filter(({ key }) => key !== null);
  const top = named.slice(0, shown);
  const rest = series.filter(({ key }) => key === null).concat(named.slice(shown));
  const restTotal = rest.reduce((sum, { total }) => sum + total, 0);
  const largest = Math.max(1, ...top.map(({ total }) => total));
  const bars: Bar[] = top.map(({ key, total }) => ({
    key: key === "" ? null : key,
    label: key === "" || key === null ? nameless : key,
    total,
    share: total / largest,
  }));
  if (restTotal > 0)
    bars.push({ key: null, label: "all others", total: restTotal, share: Math.min(1, restTotal / largest) });
  return bars;
}
