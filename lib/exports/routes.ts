import { z } from "zod";
import { exportRepositoriesQuery } from "#lib/exports/schema";
import { exportRepositories } from "#lib/exports/service";
import { defineRoute } from "#lib/http/define-route";

const mediaTypes = { csv: "text/csv; charset=utf-8; header=present", ndjson: "application/x-ndjson" };

export const exportRepositoriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/repositories/export",
    summary: "The whole list of repositories as CSV, or as NDJSON with a line each",
    access: "repositories.read",
    query: exportRepositoriesQuery,
    response: z.string(),
    mediaTypes: ["text/csv", "application/x-ndjson"],
  },
  async ({ ctx, query }) =>
    new Response(await exportRepositories(ctx, query), {
      headers: {
        "content-type": mediaTypes[query.format],
        "content-disposition": `attachment; filename="repositories.${query.format}"`,
        "cache-control": "private, no-store",
        "x-request-id": ctx.requestId,
      },
    }),
);

export const exportRoutes = [exportRepositoriesRoute];
