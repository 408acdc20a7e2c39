import type { ActivitySeries } from "#lib/activity/schema";
import type { ActivityView } from "@/components/activity/activity-view";

export interface ActivityBar {
  /** What a click changes of the view; null where it leads nowhere. */
  change: Partial<ActivityView> | null;
  /** It is what the page is narrowed to now. */
  isChosen: boolean;
  label: string;
  /** Somebody else wrote it. */
  isName: boolean;
  total: number;
  /** Of the largest bar, from 0 to 1. */
  share: number;
}

const nameless = { repository: "no repository", team: "of no team", principal: "nobody was named" };

/** The largest first and the others added up at the end; a click on what is chosen takes the filter away again. */
export function prepareActivityBars(
  { series }: Pick<ActivitySeries, "series">,
  by: "repository" | "team" | "principal",
  view: ActivityView,
): ActivityBar[] {
  const largest = Math.max(1, ...series.filter(({ key }) => key !== null).map(({ total }) => total));
  return series.map(({ key, total }) => {
    const share = Math.min(1, total / largest);
    if (key === null || key === "")
      return {
        change: null,
        isChosen: false,
        label: key === null ? "all others" : nameless[by],
        isName: false,
        total,
        share,
      };
    const isChosen = by === "repository" ? view.repository !== "" : view[by] === key;
    return { change: changeTo(key, by, isChosen), isChosen, label: key, isName: true, total, share };
  });
}

function changeTo(
  key: string,
  by: "repository" | "team" | "principal",
  isChosen: boolean,
): Partial<ActivityView> {
  if (by !== "repository") return { [by]: isChosen ? "" : key };
  if (isChosen) return { repository: "" };
  // A slug has no slash.
  const cut = key.indexOf("/");
  return { registry: key.slice(0, cut), repository: key.slice(cut + 1) };
}
