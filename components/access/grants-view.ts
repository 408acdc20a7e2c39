import { repositoryProblem } from "#lib/oci/reference";
import { toSearch } from "@/components/query/fetch-json";

const states = ["live", "expired", "revoked", "all"] as const;
const sorts = ["createdAt", "-createdAt", "updatedAt", "-updatedAt"] as const;
const defaultSort = "-createdAt";

/** What the address of the list of grants says. */
export interface GrantsView {
  registry: string;
  /** Grants that cover this repository. */
  repository: string;
  q: string;
  state: (typeof states)[number];
  sort: string;
}

export function parseGrantsView(search: URLSearchParams): GrantsView {
  const state = search.get("state");
  const sort = search.get("sort");
  const repository = search.get("repository") ?? "";
  return {
    registry: search.get("registry") ?? "",
    repository: repositoryProblem(repository) === null ? repository : "",
    q: (search.get("q") ?? "").slice(0, 255),
    state: states.find((each) => each === state) ?? "live",
    sort: sorts.find((each) => each === sort) ?? defaultSort,
  };
}

export function grantsHref(view: GrantsView, change: Partial<GrantsView> = {}): string {
  const next = { ...view, ...change };
  return `/access/grants${toSearch({
    ...next,
    state: next.state === "live" ? "" : next.state,
    sort: next.sort === defaultSort ? "" : next.sort,
  })}`;
}

export function toGrantsQuery(view: GrantsView) {
  return {
    registry: view.registry || undefined,
    repository: view.repository || undefined,
    q: view.q.trim() || undefined,
    state: view.state,
    sort: view.sort,
  };
}
