import { listAuditEvents } from "#lib/audit/list-audit-events";
import { auditEventPageSchema, listAuditEventsQuery } from "#lib/audit/schema";
import { defineRoute } from "#lib/http/define-route";

export const listAuditEventsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/audit-events",
    summary: "Who did what, newest first, as far as you may read the audit",
    access: "audit.read",
    query: listAuditEventsQuery,
    response: auditEventPageSchema,
  },
  ({ ctx, query }) => listAuditEvents(ctx, query),
);

export const auditRoutes = [listAuditEventsRoute];
