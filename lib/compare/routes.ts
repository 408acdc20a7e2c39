import { compareQuery, comparisonSchema } from "#lib/compare/schema";
import { compareReferences } from "#lib/compare/service";
import { defineRoute } from "#lib/http/define-route";

export const compareRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/compare",
    summary: "Two references side by side: layers, config, platforms, sizes and age",
    access: "repositories.read",
    query: compareQuery,
    response: comparisonSchema,
    errors: [502, 503, 504],
  },
  ({ ctx, query }) => compareReferences(ctx, query),
);

export const compareRoutes = [compareRoute];
