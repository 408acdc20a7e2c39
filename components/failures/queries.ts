import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { FailureSeries, Incident, IncidentDetail } from "#lib/failures/schema-incidents";
import type { Page } from "#lib/http/page-schema";
import { type FailureView, toFailureFilters } from "@/components/failures/failure-view";
import { toWindowQuery } from "@/components/failures/failure-window";
import { fetchJson } from "@/components/query/fetch-json";
import { refetchFirstPageOnly } from "@/components/query/refetch-first-page";

/** Everything about failures: a change to any of it makes the rest stale. */
export const failuresKey = ["failures"] as const;
export const failureSeriesKey = [...failuresKey, "series"] as const;
const oneFailureKey = [...failuresKey, "one"] as const;

export const failurePath = (id: string) => `/api/v1/failures/${encodeURIComponent(id)}`;

/** What is charted: causes and repositories over time, and who and where as sums. */
export type SeriesBy = "cause" | "repository" | "principal" | "client" | "cluster";
/** `whole` for what has a time axis; `part` follows a time that was chosen on one. */
export type SeriesOf = "whole" | "part";

const tops: Record<SeriesBy, number> = { cause: 5, repository: 12, principal: 6, client: 6, cluster: 6 };

export function toSeriesQuery(view: FailureView, by: SeriesBy, of: SeriesOf, zone: string, now: number) {
  const window = toWindowQuery(view.window, zone, now);
  const part = of === "part" && view.from !== "" ? { from: view.from, to: view.to } : {};
  const sum = of === "part" ? ("true" as const) : ("false" as const);
  return { ...toFailureFilters(view), ...window, ...part, sum, by, top: tops[by] };
}

/** Where days begin depends on the reader's zone: until that is known, only hours can be asked for. */
export function failureSeriesQuery(view: FailureView, by: SeriesBy, of: SeriesOf, zone: string | null) {
  const { from: _from, to: _to, ...asked } = toSeriesQuery(view, by, of, zone ?? "", 0);
  const part = of === "part" && view.from !== "" ? [view.from, view.to] : [];
  return queryOptions({
    queryKey: [...failureSeriesKey, view.window, asked, ...part],
    queryFn: ({ signal }) =>
      fetchJson<FailureSeries>("/api/v1/failures/series", {
        query: toSeriesQuery(view, by, of, zone ?? "UTC", Date.now()),
        signal,
      }),
    enabled: zone !== null || asked.step === "hour",
    placeholderData: keepPreviousData,
    // The window moves on, even when nothing fails.
    refetchInterval: 60_000,
  });
}

export function toIncidentsQuery(view: FailureView, now: number) {
  const { from } = toWindowQuery(view.window, "UTC", now);
  const part = view.from === "" ? { from } : { from: view.from, to: view.to };
  return {
    ...toFailureFilters(view),
    ...part,
    state: view.state === "all" ? undefined : view.state,
    sort: view.sort as "-lastAt",
  };
}

export const firstIncidentPage = 50;

export function incidentsKey(view: FailureView) {
  const { from: _from, ...asked } = toIncidentsQuery(view, 0);
  return [...failuresKey, "list", view.window, view.from, asked];
}

export function incidentsQuery(view: FailureView) {
  return infiniteQueryOptions({
    queryKey: incidentsKey(view),
    queryFn: ({ pageParam, signal }) =>
      fetchJson<Page<Incident>>("/api/v1/failures", {
        query: {
          ...toIncidentsQuery(view, Date.now()),
          cursor: pageParam,
          limit: pageParam === null ? firstIncidentPage : 100,
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchOnMount: refetchFirstPageOnly,
    refetchOnWindowFocus: refetchFirstPageOnly,
  });
}

/** The ids of the incidents that began last, to tell how many are not in the list yet. */
export async function fetchNewestIncidents(view: FailureView): Promise<string[]> {
  const page = await fetchJson<Page<Incident>>("/api/v1/failures", {
    query: { ...toIncidentsQuery(view, Date.now()), sort: "-firstAt", limit: 20 },
  });
  return page.items.map(({ id }) => id);
}

export function failureQuery(id: string) {
  return queryOptions({
    queryKey: [...oneFailureKey, id],
    queryFn: ({ signal }) => fetchJson<IncidentDetail>(failurePath(id), { signal }),
  });
}
