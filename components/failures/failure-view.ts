import { type FailureCause, failureCauses } from "#lib/failures/schema";
import { type IncidentState, incidentStates } from "#lib/failures/schema-incidents";
import { type FailureWindow, failureWindows } from "@/components/failures/failure-window";
import { toSearch } from "@/components/query/fetch-json";

export const incidentSortFields = ["lastAt", "firstAt", "count"] as const;
const sorts: readonly string[] = incidentSortFields.flatMap((field) => [field, `-${field}`]);
const defaultSort = "-lastAt";

/** What of the failures is shown; all of it stands in the address. */
export interface FailureView {
  window: FailureWindow;
  registry: string;
  repository: string;
  reference: string;
  cause: FailureCause | "";
  principal: string;
  client: string;
  cluster: string;
  q: string;
  /** A part of the window that was chosen in a chart; both or none. */
  from: string;
  to: string;
  state: IncidentState | "all";
  sort: string;
  /** The incident that is open beside the list. */
  failure: string;
}

/** What narrows every chart and the list alike. */
export const filterNames = [
  "registry",
  "repository",
  "reference",
  "cause",
  "principal",
  "client",
  "cluster",
  "q",
] as const;

/** Reads the address leniently: what is not understood is as if it were not there. */
export function parseFailureView(search: URLSearchParams): FailureView {
  const read = (name: string) => (search.get(name) ?? "").trim().slice(0, 255);
  const sort = read("sort");
  const [from, to] = [readTime(read("from")), readTime(read("to"))];
  const hasPart = from !== "" && to !== "" && from < to;
  return {
    window: failureWindows.find((one) => one === read("window")) ?? "24h",
    registry: /^[a-z0-9-]{1,63}$/.test(read("registry")) ? read("registry") : "",
    repository: read("repository"),
    reference: read("reference"),
    cause: failureCauses.find((one) => one === read("cause")) ?? "",
    principal: read("principal"),
    client: read("client"),
    cluster: read("cluster"),
    q: read("q"),
    from: hasPart ? from : "",
    to: hasPart ? to : "",
    state: incidentStates.find((one) => one === read("state")) ?? (read("state") === "all" ? "all" : "open"),
    sort: sorts.includes(sort) ? sort : defaultSort,
    failure: /^\d{1,18}$/.test(read("failure")) ? read("failure") : "",
  };
}

function readTime(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? "" : new Date(time).toISOString();
}

/** The address of a view; what is as by default is left out. */
export function failureViewHref(view: FailureView, change: Partial<FailureView> = {}): string {
  const next = { ...view, ...change };
  return `/failures${toSearch({
    ...next,
    window: next.window === "24h" ? "" : next.window,
    state: next.state === "open" ? "" : next.state,
    sort: next.sort === defaultSort ? "" : next.sort,
  })}`;
}

/** The filters as the API takes them. */
export function toFailureFilters(view: FailureView) {
  return {
    registry: view.registry || undefined,
    repository: view.repository || undefined,
    reference: view.reference || undefined,
    cause: view.cause || undefined,
    principal: view.principal || undefined,
    client: view.client || undefined,
    cluster: view.cluster || undefined,
    q: view.q || undefined,
  };
}

/** Whether anything but the window and the state narrows what is shown. */
export function isNarrowed(view: FailureView): boolean {
  return view.from !== "" || filterNames.some((name) => view[name] !== "");
}

/** The view with no filter left; window, order and state stay. */
export function clearFilters(view: FailureView): FailureView {
  return {
    ...view,
    registry: "",
    repository: "",
    reference: "",
    cause: "",
    principal: "",
    client: "",
    cluster: "",
    q: "",
    from: "",
    to: "",
  };
}
