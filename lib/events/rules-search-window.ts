const hourMs = 3_600_000;
/** Wider than this there is one window left: all the rest. */
const widestMs = 400 * 24 * hourMs;
const firstMs = 6 * hourMs;
/** What was this quick is followed by a much wider one; what took longer than the second by none that is wider. */
const quickMs = 150;
const slowMs = 1_000;

/** A piece of time to be searched. */
export interface SearchWindow {
  from: Date | undefined;
  /** Not included. */
  to: Date | undefined;
  /** Nothing is left behind it. */
  last: boolean;
  /** Where the next one goes on. */
  edgeMs: number;
  widthMs: number;
}

export interface SearchTime {
  descending: boolean;
  from: Date | undefined;
  to: Date | undefined;
  now: Date;
}

/** The first window, where the search begins: at the newest that is asked for, or at the oldest. */
export function planFirstWindow(time: SearchTime, startMs: number): SearchWindow {
  return planWindow(time, startMs, firstMs, undefined);
}

/** The window behind this one, wider where this one was quick. */
export function planNextWindow(time: SearchTime, before: SearchWindow, tookMs: number): SearchWindow {
  const factor = tookMs < quickMs ? 4 : tookMs < slowMs ? 2 : 1;
  return planWindow(time, before.edgeMs, before.widthMs * factor, new Date(before.edgeMs));
}

function planWindow(
  { descending, from, to, now }: SearchTime,
  nearMs: number,
  widthMs: number,
  near: Date | undefined,
): SearchWindow {
  const edgeMs = descending ? nearMs - widthMs : nearMs + widthMs;
  const edge = new Date(edgeMs);
  const reachesEnd = descending
    ? from !== undefined && edge <= from
    : edge > now || (to !== undefined && edge >= to);
  const last = reachesEnd || widthMs > widestMs;
  return descending
    ? { from: last ? from : edge, to: near ?? to, last, edgeMs, widthMs }
    : { from: near ?? from, to: last ? to : edge, last, edgeMs, widthMs };
}
