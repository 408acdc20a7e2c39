import {
  activityRepositoriesQuery,
  activityRepositoriesSchema,
  activitySeriesQuery,
  activitySeriesSchema,
  publishingQuery,
  publishingSchema,
} from "#lib/activity/schema";
import { listActivityRepositories, listActivitySeries, listPublishing } from "#lib/activity/service";
import { defineRoute } from "#lib/http/define-route";

export const activitySeriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/activity/series",
    summary: "Pushes, pulls and deletions by day or week (UTC), by registry, repository, team or principal",
    access: "activity.read",
    query: activitySeriesQuery,
    response: activitySeriesSchema,
  },
  ({ ctx, query }) => listActivitySeries(ctx, query),
);

export const publishingRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/activity/publishing",
    summary: "Who pushed to protected repositories, how often, and whether they had done so before",
    access: "activity.read",
    query: publishingQuery,
    response: publishingSchema,
  },
  ({ ctx, query }) => listPublishing(ctx, query),
);

export const activityRepositoriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/activity/repositories",
    summary: "Repositories with most pulls or pushes in a window, with their first push and last pull",
    access: "activity.read",
    query: activityRepositoriesQuery,
    response: activityRepositoriesSchema,
  },
  ({ ctx, query }) => listActivityRepositories(ctx, query),
);

export const activityRoutes = [activitySeriesRoute, publishingRoute, activityRepositoriesRoute];
