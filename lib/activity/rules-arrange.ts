import { arrangeSeries } from "#lib/failures/rules-series";

export interface KeyedActivity {
  /** Null where it is one of many others. */
  key: string | null;
  at: Date;
  count: number;
}

export interface ActivityLine {
  key: string | null;
  total: number;
  counts: number[];
}

/** One line for each key, the largest first, and what was already added up as others last. */
export function arrangeActivity(rows: readonly KeyedActivity[], steps: readonly Date[]): ActivityLine[] {
  const named = rows.flatMap(({ key, at, count }) => (key === null ? [] : { key, at, count }));
  const others = rows.flatMap(({ key, at, count }) => (key === null ? { key: "", at, count } : []));
  return [
    ...arrangeSeries(named, steps, Number.POSITIVE_INFINITY),
    ...arrangeSeries(others, steps, 1).map((line) => ({ ...line, key: null })),
  ];
}
