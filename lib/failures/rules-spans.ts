/** So many days are added up together, the longest first. Each is a part of the one before. */
export const spanDays = [64, 16, 4, 1];
/** The day from which spans of every length are counted. */
export const spanOrigin = "2000-01-01";

const dayMs = 86_400_000;
const originDay = Date.parse(spanOrigin) / dayMs;

export interface Span {
  days: number;
  /** The first of its days, in UTC. */
  day: Date;
}

/** The fewest spans that are all of these days and no other; `from` and `to` begin days of UTC. */
export function coverBySpans(from: Date, to: Date): Span[] {
  const spans: Span[] = [];
  const end = to.getTime() / dayMs - originDay;
  let at = from.getTime() / dayMs - originDay;
  while (at < end) {
    const days = spanDays.find((length) => at % length === 0 && at + length <= end) ?? 1;
    spans.push({ days, day: new Date((originDay + at) * dayMs) });
    at += days;
  }
  return spans;
}
