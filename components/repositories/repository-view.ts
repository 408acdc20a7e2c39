import { toSearch } from "@/components/query/fetch-json";

export const repositorySortFields = [
  "name",
  "tagCount",
  "sizeBytes",
  "lastPushedAt",
  "lastPulledAt",
] as const;

/** What the address of the list says: which repositories, in which order. */
export interface RepositoryView {
  registry: string;
  q: string;
  prefix: string;
  team: string;
  state: "present" | "missing";
  /** What only those are shown that are, or were, so; empty for all. */
  protected: "" | "true";
  pulled: "" | (typeof repositoryPulls)[number];
  stale: "" | "true";
  kind: "" | RepositoryKind;
  sort: string;
}

export type RepositoryKind = (typeof repositoryKinds)[number];
const repositoryPulls = ["seen", "never", "unknown"] as const;
const repositoryKinds = ["image", "helm-chart", "artifact"] as const;

const defaultSort = "-lastPushedAt";
const sorts: readonly string[] = repositorySortFields.flatMap((field) => [field, `-${field}`]);

/** Reads the address leniently: what is not understood is as if it were not there. */
export function parseRepositoryView(search: URLSearchParams): RepositoryView {
  const sort = search.get("sort") ?? "";
  return {
    registry: search.get("registry") ?? "",
    q: (search.get("q") ?? "").slice(0, 255),
    prefix: search.get("prefix") ?? "",
    team: search.get("team") ?? "",
    state: search.get("state") === "missing" ? "missing" : "present",
    protected: search.get("protected") === "true" ? "true" : "",
    pulled: repositoryPulls.find((one) => one === search.get("pulled")) ?? "",
    stale: search.get("stale") === "true" ? "true" : "",
    kind: repositoryKinds.find((one) => one === search.get("kind")) ?? "",
    sort: sorts.includes(sort) ? sort : defaultSort,
  };
}

/** The filters and the order as the API takes them. */
export function toRepositoryQuery(view: RepositoryView) {
  return {
    registry: view.registry || undefined,
    q: view.q.trim() || undefined,
    prefix: view.prefix || undefined,
    team: view.team || undefined,
    state: view.state,
    protected: view.protected || undefined,
    pulled: view.pulled || undefined,
    stale: view.stale || undefined,
    kind: view.kind || undefined,
    sort: view.sort,
  };
}

/** The address of a view; what is as by default is left out. */
export function repositoryViewHref(view: RepositoryView, change: Partial<RepositoryView> = {}): string {
  const next = { ...view, ...change };
  return `/images${toSearch({
    ...next,
    state: next.state === "present" ? "" : next.state,
    sort: next.sort === defaultSort ? "" : next.sort,
  })}`;
}

/** Whether anything narrows the list. */
export function isNarrowed(view: RepositoryView): boolean {
  return isFaceted(view) || Boolean(view.registry || view.q || view.prefix || view.team);
}

/** Whether one of the filters that are shown with their counts is on. */
export function isFaceted(view: RepositoryView): boolean {
  return Boolean(view.protected || view.pulled || view.stale || view.kind || view.state !== "present");
}
