import { z } from "zod";
import { exportAuditEvents } from "#lib/audit/export-audit-events";
import { getAuditChain } from "#lib/audit/get-audit-chain";
import { readAuditEvents } from "#lib/audit/read-audit-events";
import {
  auditChainSchema,
  auditEventPageSchema,
  exportAuditEventsQuery,
  listAuditEventsQuery,
} from "#lib/audit/schema";
import { exportMediaTypes, exportResponse } from "#lib/exports/export-response";
import { defineRoute } from "#lib/http/define-route";

export const listAuditEventsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/audit-events",
    summary: "Who did what in the console and at registries, newest first, as far as you may read the audit",
    access: "audit.read",
    query: listAuditEventsQuery,
    response: auditEventPageSchema,
  },
  ({ ctx, query }) => readAuditEvents(ctx, query),
);

export const exportAuditEventsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/audit-events/export",
    summary: "All rows of such a list, as of now, as CSV, or as NDJSON with a line each",
    access: "audit.read",
    query: exportAuditEventsQuery,
    response: z.string(),
    mediaTypes: exportMediaTypes,
  },
  async ({ ctx, query }) =>
    exportResponse(ctx, {
      name: "audit-events",
      format: query.format,
      content: await exportAuditEvents(ctx, query),
    }),
);

export const getAuditChainRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/audit-events/chain",
    summary: "Whether the hash chain over the audit and its checkpoints agree, or where they break",
    access: "audit.read",
    response: auditChainSchema,
  },
  ({ ctx }) => getAuditChain(ctx),
);

export const auditRoutes = [listAuditEventsRoute, exportAuditEventsRoute, getAuditChainRoute];
