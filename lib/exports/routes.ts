import { z } from "zod";
import { exportMediaTypes, exportResponse } from "#lib/exports/export-response";
import { exportRepositoriesQuery } from "#lib/exports/schema";
import { exportRepositories } from "#lib/exports/service";
import { defineRoute } from "#lib/http/define-route";

export const exportRepositoriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repositories/export",
    summary: "The whole list of repositories as CSV, or as NDJSON with a line each",
    access: "repositories.read",
    query: exportRepositoriesQuery,
    response: z.string(),
    mediaTypes: exportMediaTypes,
  },
  async ({ ctx, query }) =>
    exportResponse(ctx, {
      name: "repositories",
      format: query.format,
      content: await exportRepositories(ctx, query),
    }),
);

export const exportRoutes = [exportRepositoriesRoute];
