const earliest = Date.UTC(2013, 0, 1);

/** A time as it was written, or `receivedAt` where it is missing or absurd: before registries, or a year ahead. */
export function readTime(value: unknown, receivedAt: Date): Date {
  const time = typeof value === "string" && value.length < 64 ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) || time < earliest || time > receivedAt.getTime() + 366 * 86_400_000
    ? receivedAt
    : new Date(time);
}
