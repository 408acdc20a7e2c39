import { defineRoute } from "#lib/http/define-route";
import { digestPlacePageSchema, findDigestQuery, searchQuery, searchResultSchema } from "#lib/search/schema";
import { findDigestPlaces, search } from "#lib/search/service";

export const searchRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/search",
    summary: "Registries, repositories, tags and digests by part of a name, pasted reference or digest",
    access: "repositories.read",
    query: searchQuery,
    response: searchResultSchema,
  },
  ({ ctx, query }) => search(ctx, query),
);

export const findDigestRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/digests",
    summary: "Every registry, repository and tag that holds a digest",
    access: "repositories.read",
    query: findDigestQuery,
    response: digestPlacePageSchema,
  },
  ({ ctx, query }) => findDigestPlaces(ctx, query),
);

export const searchRoutes = [searchRoute, findDigestRoute];
