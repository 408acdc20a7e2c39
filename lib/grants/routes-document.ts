import {
  documentBody,
  documentPlanSchema,
  documentQuery,
  documentSchema,
  exportDocumentQuery,
} from "#lib/grants/schema";
import { applyGrantsDocument, exportDocument, planGrantsDocument } from "#lib/grants/service-document";
import { defineRoute } from "#lib/http/define-route";

export const exportDocumentRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/grants/document",
    summary: "Principals, grants and protections that you see, as one YAML document; never a secret",
    access: "access.read",
    query: exportDocumentQuery,
    response: documentSchema,
  },
  ({ ctx, query }) => exportDocument(ctx, query.registry),
);

export const importDocumentRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/grants/document",
    summary: "Make it as the YAML document says, or with dryRun only tell what would change",
    access: "access.write",
    query: documentQuery,
    body: documentBody,
    bodyLimitBytes: 2 * 1024 * 1024,
    response: documentPlanSchema,
    errors: [409],
  },
  ({ ctx, query, body }) =>
    query.dryRun === "true"
      ? planGrantsDocument(ctx, body.document, query.registry)
      : applyGrantsDocument(ctx, body.document, query.registry),
);

export const documentRoutes = [exportDocumentRoute, importDocumentRoute];
