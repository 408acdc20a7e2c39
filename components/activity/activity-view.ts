import { toSearch } from "@/components/query/fetch-json";

export const activityWindows = ["7d", "30d", "90d", "1y"] as const;
export type ActivityWindow = (typeof activityWindows)[number];

/** How long each is, in which steps it is drawn, and how it is said. A year is whole weeks. */
export const activityWindowFacts: Record<
  ActivityWindow,
  { days: number; step: "day" | "week"; word: string; length: string }
> = {
  "7d": { days: 7, step: "day", word: "7 d", length: "in 7 days" },
  "30d": { days: 30, step: "day", word: "30 d", length: "in 30 days" },
  "90d": { days: 90, step: "day", word: "90 d", length: "in 90 days" },
  "1y": { days: 364, step: "week", word: "1 y", length: "in 52 weeks" },
};

/** What of the activity is shown; all of it stands in the address. */
export interface ActivityView {
  window: ActivityWindow;
  registry: string;
  /** Only together with its registry. */
  repository: string;
  team: string;
  principal: string;
  /** Days (UTC) of a part of the time that was chosen, both counted; both or none. */
  from: string;
  to: string;
}

const dayMs = 86_400_000;
const mostDays = 400;

/** Reads the address leniently: what is not understood is as if it were not there. */
export function parseActivityView(search: URLSearchParams): ActivityView {
  const read = (name: string) => (search.get(name) ?? "").trim().slice(0, 300);
  const [from, to] = [readDay(read("from")), readDay(read("to"))];
  const hasPart =
    from !== "" && to !== "" && from <= to && Date.parse(to) - Date.parse(from) < mostDays * dayMs;
  const registry = readSlug(read("registry"));
  const repository = read("repository");
  return {
    window: activityWindows.find((one) => one === read("window")) ?? "30d",
    registry,
    repository: registry !== "" && /^[a-z0-9][a-z0-9._/-]{0,254}$/.test(repository) ? repository : "",
    team: readSlug(read("team")),
    principal: read("principal"),
    from: hasPart ? from : "",
    to: hasPart ? to : "",
  };
}

function readSlug(text: string): string {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text) ? text : "";
}

function readDay(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return "";
  const time = Date.parse(text);
  // The thirty-first of February is no day.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : "";
}

/** The address of a view; what is as by default is left out. */
export function activityHref(view: ActivityView, change: Partial<ActivityView> = {}): string {
  const next = { ...view, ...change };
  return `/activity${toSearch({ ...next, window: next.window === "30d" ? "" : next.window })}`;
}

/** The window and the filters as the API takes them. Whole days, so that one question is asked a day, not a second. */
export function toActivityQuery(view: ActivityView, now: number) {
  const today = Math.floor(now / dayMs) * dayMs;
  const { days } = activityWindowFacts[view.window];
  const first = view.from === "" ? today - (days - 1) * dayMs : Date.parse(view.from);
  const end = (view.to === "" ? today : Date.parse(view.to)) + dayMs;
  return {
    from: new Date(first).toISOString(),
    to: new Date(end).toISOString(),
    registry: view.registry || undefined,
    repository: view.repository || undefined,
    team: view.team || undefined,
    principal: view.principal || undefined,
  };
}

/** More days than fit as columns are drawn by the week. */
export function stepOf(view: ActivityView): "day" | "week" {
  if (view.from === "") return activityWindowFacts[view.window].step;
  return Date.parse(view.to) - Date.parse(view.from) > 120 * dayMs ? "week" : "day";
}

/** Whether anything but the window narrows what is shown. */
export function isNarrowed(view: ActivityView): boolean {
  return Boolean(view.registry || view.team || view.principal || view.from);
}
