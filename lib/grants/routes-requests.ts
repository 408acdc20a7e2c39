import {
  accessRequestPageSchema,
  accessRequestParams,
  accessRequestSchema,
  createAccessRequestBody,
  decideAccessRequestBody,
  listAccessRequestsQuery,
} from "#lib/grants/schema";
import { createAccessRequest, decideAccessRequest, listAccessRequests } from "#lib/grants/service-requests";
import { defineRoute } from "#lib/http/define-route";

export const listAccessRequestsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/access-requests",
    summary: "Access that you asked for; with access.read also what others ask for where you hold it",
    access: "signed-in",
    query: listAccessRequestsQuery,
    response: accessRequestPageSchema,
  },
  ({ ctx, query }) => listAccessRequests(ctx, query),
);

export const createAccessRequestRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/access-requests",
    summary: "Ask for access to repositories",
    access: "repositories.read",
    body: createAccessRequestBody,
    response: accessRequestSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => createAccessRequest(ctx, body),
);

export const decideAccessRequestRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/access-requests/{id}",
    summary: "Approve a request, which makes the grant, decline it, or withdraw one of your own",
    access: "signed-in",
    params: accessRequestParams,
    body: decideAccessRequestBody,
    response: accessRequestSchema,
    errors: [409],
  },
  ({ ctx, params, body }) => decideAccessRequest(ctx, params.id, body),
);

export const accessRequestRoutes = [
  listAccessRequestsRoute,
  createAccessRequestRoute,
  decideAccessRequestRoute,
];
