import {
  changeGrantBody,
  createGrantBody,
  grantPageSchema,
  grantParams,
  grantPreviewSchema,
  grantSchema,
  listGrantsQuery,
  previewGrantBody,
} from "#lib/grants/schema";
import {
  changeGrant,
  createGrant,
  getGrant,
  listGrants,
  restoreGrant,
  revokeGrant,
} from "#lib/grants/service";
import { previewGrant } from "#lib/grants/service-preview";
import { defineRoute, RouteReply } from "#lib/http/define-route";

export const listGrantsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/grants",
    summary: "Grants that reach into what you may see",
    access: "access.read",
    query: listGrantsQuery,
    response: grantPageSchema,
  },
  ({ ctx, query }) => listGrants(ctx, query),
);

export const createGrantRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/grants",
    summary: "Let a principal pull, push or delete what a pattern matches in a registry",
    access: "access.write",
    body: createGrantBody,
    response: grantSchema,
    status: 201,
  },
  ({ ctx, body }) => createGrant(ctx, body),
);

export const getGrantRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/grants/{id}",
    summary: "One grant",
    access: "access.read",
    params: grantParams,
    response: grantSchema,
  },
  ({ ctx, params }) => getGrant(ctx, params.id),
);

export const changeGrantRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/grants/{id}",
    summary: "Change what a grant covers, its actions, its end or its reason",
    access: "access.write",
    params: grantParams,
    body: changeGrantBody,
    response: grantSchema,
    errors: [409],
  },
  ({ ctx, params, body }) => changeGrant(ctx, params.id, body),
);

export const revokeGrantRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/grants/{id}",
    summary: "Revoke a grant; it can be restored",
    access: "access.write",
    params: grantParams,
    status: 204,
  },
  async ({ ctx, params }) => {
    await revokeGrant(ctx, params.id);
    return new RouteReply(null);
  },
);

export const restoreGrantRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/grants/{id}/restore",
    summary: "Restore a revoked grant; what a suggestion put in its place is revoked",
    access: "access.write",
    params: grantParams,
    response: grantSchema,
    errors: [409],
  },
  ({ ctx, params }) => restoreGrant(ctx, params.id),
);

export const previewGrantRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/grants/preview",
    summary: "What a grant would do, before it is written; nothing is stored",
    access: "access.write",
    body: previewGrantBody,
    response: grantPreviewSchema,
  },
  ({ ctx, body }) => previewGrant(ctx, body),
);

export const grantRoutes = [
  listGrantsRoute,
  createGrantRoute,
  getGrantRoute,
  changeGrantRoute,
  revokeGrantRoute,
  restoreGrantRoute,
  previewGrantRoute,
];
