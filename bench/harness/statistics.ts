/** Figures of one thing that was measured several times. */
export type Samples = readonly number[];

/** The value below which the share `q` of the samples lies, by the nearest rank; NaN for none. */
export function quantile(samples: Samples, q: number): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(q * sorted.length)));
  return sorted[rank - 1] ?? Number.NaN;
}

export function median(samples: Samples): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function minimum(samples: Samples): number {
  return samples.length === 0 ? Number.NaN : Math.min(...samples);
}

export function maximum(samples: Samples): number {
  return samples.length === 0 ? Number.NaN : Math.max(...samples);
}

/** The ratio of each round: what was measured side by side is compared side by side. */
export function ratioOfRounds(over: Samples, under: Samples): number[] {
  const rounds = Math.min(over.length, under.length);
  return Array.from({ length: rounds }, (_, index) => (over[index] ?? 0) / (under[index] ?? Number.NaN));
}

/** Three digits that mean something: 0.0123, 1.23, 12.3, 1,234. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return "not measured";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en-US");
  const digits = size >= 10 ? 1 : size >= 1 ? 2 : size === 0 ? 0 : 3;
  return value.toFixed(digits);
}

/** Median with the smallest and the largest: `12.3 (11.0-15.2)`. */
export function formatSpread(samples: Samples, unit = ""): string {
  if (samples.length === 0) return "not measured";
  const tail = unit === "" ? "" : ` ${unit}`;
  if (samples.length === 1) return `${formatFigure(samples[0] ?? Number.NaN)}${tail}`;
  return `${formatFigure(median(samples))}${tail} (${formatFigure(minimum(samples))}-${formatFigure(maximum(samples))})`;
}
