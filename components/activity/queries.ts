import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { ActivityAction, ActivityRepositories, ActivitySeries, Publishing } from "#lib/activity/schema";
import type { RepositoryFacets } from "#lib/inventory/schema";
import { type ActivityView, stepOf, toActivityQuery } from "@/components/activity/activity-view";
import { fetchJson } from "@/components/query/fetch-json";

const shared = { placeholderData: keepPreviousData, staleTime: 30_000 };

/** Pushes, pulls and deletions over time. */
export function activityChartQuery(view: ActivityView, now: number) {
  const query = { ...toActivityQuery(view, now), step: stepOf(view), by: "action" as const };
  return queryOptions({
    ...shared,
    queryKey: ["activity", "series", query] as const,
    queryFn: ({ signal }) => fetchJson<ActivitySeries>("/api/v1/activity/series", { query, signal }),
  });
}

/** The largest of one kind; only their sums are drawn. */
export function activityTopQuery(
  view: ActivityView,
  now: number,
  by: "repository" | "team" | "principal",
  action: ActivityAction,
) {
  const query = { ...toActivityQuery(view, now), step: "total" as const, by, action, top: 8 };
  return queryOptions({
    ...shared,
    queryKey: ["activity", "series", query] as const,
    queryFn: ({ signal }) => fetchJson<ActivitySeries>("/api/v1/activity/series", { query, signal }),
  });
}

export function publishingQuery(view: ActivityView, now: number) {
  const query = toActivityQuery(view, now);
  return queryOptions({
    ...shared,
    queryKey: ["activity", "publishing", query] as const,
    queryFn: ({ signal }) => fetchJson<Publishing>("/api/v1/activity/publishing", { query, signal }),
  });
}

export function activityRepositoriesQuery(view: ActivityView, now: number) {
  const query = { ...toActivityQuery(view, now), limit: 12 };
  return queryOptions({
    ...shared,
    queryKey: ["activity", "repositories", query] as const,
    queryFn: ({ signal }) =>
      fetchJson<ActivityRepositories>("/api/v1/activity/repositories", { query, signal }),
  });
}

/** How many repositories of a registry and a team nobody ever pulled. */
export function neverPulledQuery({ registry, team }: ActivityView) {
  const query = { registry: registry || undefined, team: team || undefined };
  return queryOptions({
    ...shared,
    queryKey: ["activity", "never-pulled", query] as const,
    queryFn: ({ signal }) => fetchJson<RepositoryFacets>("/api/v1/repositories/facets", { query, signal }),
  });
}
