import { db } from "#lib/db/client";

/** So many days of pulls are shown, today among them. */
export const shownDays = 30;

/** Pulls of each day, the oldest first; null where nobody could tell. Without any day that is known: null. */
export type DailyPulls = (number | null)[] | null;

/** Pulls of these repositories day by day: two look-ups by key, whatever else there is. */
export async function listDailyPulls(
  repositories: readonly { id: bigint; registry_id: number }[],
  today: Date,
): Promise<Map<bigint, DailyPulls>> {
  if (repositories.length === 0) return new Map();
  const first = new Date(today.getTime() - (shownDays - 1) * 86_400_000).toISOString().slice(0, 10);
  const registryIds = [...new Set(repositories.map((repository) => repository.registry_id))];
  const [told, counted] = await Promise.all([
    db().$queryRaw<{ id: number; days: number[] }[]>`
      SELECT registry_id AS id, array_agg(day - ${first}::date) AS days FROM registry_day
      WHERE registry_id = ANY(${registryIds}::int[]) AND day >= ${first}::date GROUP BY 1`,
    db().$queryRaw<{ id: bigint; days: number[]; pulls: number[] }[]>`
      SELECT repository_id AS id, array_agg(day - ${first}::date) AS days, array_agg(pulls) AS pulls
      FROM repository_day
      WHERE repository_id = ANY(${repositories.map(({ id }) => String(id))}::bigint[]) AND day >= ${first}::date
      GROUP BY 1`,
  ]);
  const daysOf = new Map(told.map((row) => [row.id, row.days]));
  const countsOf = new Map(counted.map((row) => [row.id, row]));
  return new Map(
    repositories.map(({ id, registry_id }) => [
      id,
      mergeDays(daysOf.get(registry_id) ?? [], countsOf.get(id)),
    ]),
  );
}

function mergeDays(
  told: readonly number[],
  counted: { days: number[]; pulls: number[] } | undefined,
): DailyPulls {
  if (told.length === 0 && !counted) return null;
  const result: (number | null)[] = Array.from({ length: shownDays }, () => null);
  for (const day of told) if (day < shownDays) result[day] = 0;
  counted?.days.forEach((day, index) => {
    if (day < shownDays) result[day] = counted.pulls[index] ?? 0;
  });
  return result;
}
