import { defineRoute, RouteReply } from "#lib/http/define-route";
import { listSessionsQuery, sessionPageSchema, sessionParams } from "#lib/sessions/schema";
import { listSessions, revokeSession } from "#lib/sessions/service";

export const listSessionsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/sessions",
    summary: "Your sessions; everybody's with the permission sessions.read",
    access: "signed-in",
    query: listSessionsQuery,
    response: sessionPageSchema,
  },
  ({ ctx, query }) => listSessions(ctx, query),
);

export const revokeSessionRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/sessions/{id}",
    summary: "End a session of yours; anybody's with the permission sessions.write",
    access: "signed-in",
    params: sessionParams,
    status: 204,
  },
  async ({ ctx, params }) => {
    await revokeSession(ctx, params.id);
    return new RouteReply(null);
  },
);

export const sessionRoutes = [listSessionsRoute, revokeSessionRoute];
