import {
  appliedSuggestionSchema,
  suggestionListSchema,
  suggestionParams,
  suggestionsQuery,
} from "#lib/grants/schema";
import { applySuggestion, listSuggestions } from "#lib/grants/service-suggestions";
import { defineRoute } from "#lib/http/define-route";

export const listSuggestionsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/grants/suggestions",
    summary: "Grants that are unused, wider than what was used, or about to end while in use",
    access: "access.read",
    query: suggestionsQuery,
    response: suggestionListSchema,
  },
  ({ ctx, query }) => listSuggestions(ctx, query.registry),
);

export const applySuggestionRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/grants/suggestions/{id}/apply",
    summary: "Do what is suggested; restoring the revoked grant undoes it",
    access: "access.write",
    params: suggestionParams,
    response: appliedSuggestionSchema,
    errors: [409],
  },
  ({ ctx, params }) => applySuggestion(ctx, params.id),
);

export const suggestionRoutes = [listSuggestionsRoute, applySuggestionRoute];
