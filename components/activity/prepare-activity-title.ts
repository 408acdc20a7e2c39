import type { ActivitySeries } from "#lib/activity/schema";
import { type ActivityView, activityWindowFacts } from "@/components/activity/activity-view";
import { formatCount, formatFacetCount, formatPlural } from "@/components/ui/format-bytes";
import { formatDay } from "@/components/ui/format-time";

/** Counts of one kind of activity; a step of which nothing is known counts as far as it was told. */
export function totalOf(series: Pick<ActivitySeries, "series">, action: "push" | "pull" | "delete"): number {
  return series.series.find(({ key }) => key === action)?.total ?? 0;
}

/** Whether anybody could have told of a pull in any step. */
export function knowsPulls({ heard }: Pick<ActivitySeries, "heard">): boolean {
  return heard.some((share) => share !== null && share > 0);
}

/** The answer in words: how much was pushed and pulled, and what nobody ever took. */
export function prepareActivityTitle(
  series: ActivitySeries,
  view: ActivityView,
  neverPulled: number | null,
): string {
  const pushes = formatPlural(totalOf(series, "push"), "push", "pushes");
  const pulls = totalOf(series, "pull");
  const pulled = pulls === 0 && !knowsPulls(series) ? "pulls are unknown" : formatPlural(pulls, "pull");
  const moved =
    pulled === "pulls are unknown"
      ? `${pushes} ${describeTime(view)}; ${pulled}`
      : `${pushes} and ${pulled} ${describeTime(view)}`;
  if (neverPulled === null || view.repository !== "" || view.principal !== "") return moved;
  if (neverPulled === 0) return `${moved}; every repository was pulled at some time`;
  const [noun, verb] = neverPulled === 1 ? ["repository", "was"] : ["repositories", "were"];
  return `${moved}; ${formatFacetCount(neverPulled)} ${noun} ${verb} never pulled`;
}

function describeTime(view: ActivityView): string {
  if (view.from === "") return activityWindowFacts[view.window].length;
  const [from, to] = [view.from, view.to].map((day) => formatDay(Date.parse(day), true));
  return from === to ? `on ${from}` : `from ${from} to ${to}`;
}

/** How much of the window pulls are known for; null when all of it. */
export function describeUnknown(series: ActivitySeries): string | null {
  const { heard, step, silentRegistries } = series;
  const known = heard.filter((share) => share === 1).length;
  const parts: string[] = [];
  if (known < heard.length && knowsPulls(series))
    parts.push(
      `Pulls are wholly known for ${formatCount(known)} of ${formatPlural(heard.length, step)}: what is hatched is unknown, not zero`,
    );
  if (silentRegistries.length > 0) {
    const named = silentRegistries.slice(0, 3).join(", ");
    const more = silentRegistries.length > 3 ? ` and ${silentRegistries.length - 3} more` : "";
    parts.push(`${named}${more} never told of a pull`);
  }
  return parts.length === 0 ? null : `${parts.join(". ")}.`;
}
