import {
  accessSummarySchema,
  checkAccessBody,
  checkAccessSchema,
  effectivePageSchema,
  effectiveQuery,
  matrixQuery,
  matrixSchema,
  mineSchema,
  protectionListSchema,
  protectionParams,
  protectionsBody,
} from "#lib/grants/schema";
import { checkAccess, getMyAccess, listEffective } from "#lib/grants/service-effective";
import { getMatrix } from "#lib/grants/service-matrix";
import { listProtections, writeProtections } from "#lib/grants/service-protections";
import { summariseAccess } from "#lib/grants/service-summary";
import { defineRoute } from "#lib/http/define-route";

export const listEffectiveRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/access/effective",
    summary: "Who can do what to a repository and by which grant, or what a principal can do in a registry",
    access: "access.read",
    query: effectiveQuery,
    response: effectivePageSchema,
  },
  ({ ctx, query }) => listEffective(ctx, query),
);

export const getMatrixRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/access/matrix",
    summary: "Principals by the children of a folder: all, some or none of the repositories there",
    access: "access.read",
    query: matrixQuery,
    response: matrixSchema,
  },
  ({ ctx, query }) => getMatrix(ctx, query),
);

export const checkAccessRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/access/check",
    summary: "May a principal pull, push or delete in a repository? With the reason; nothing is stored",
    access: "access.read",
    body: checkAccessBody,
    response: checkAccessSchema,
  },
  ({ ctx, body }) => checkAccess(ctx, body),
);

export const getMyAccessRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/access/mine",
    summary: "What you may do at registries, and by which grants",
    access: "signed-in",
    response: mineSchema,
  },
  ({ ctx }) => getMyAccess(ctx),
);

export const getAccessSummaryRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/access/summary",
    summary: "How many grants are in force for how many principals, and on how many registries they hold",
    access: "access.read",
    response: accessSummarySchema,
  },
  ({ ctx }) => summariseAccess(ctx),
);

export const listProtectionsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/registries/{slug}/protections",
    summary: "Protected patterns of a registry, and who may push and delete there",
    access: "access.read",
    params: protectionParams,
    response: protectionListSchema,
  },
  ({ ctx, params }) => listProtections(ctx, params.slug),
);

export const writeProtectionsRoute = defineRoute(
  {
    method: "PUT",
    path: "/api/v1/registries/{slug}/protections",
    summary: "Replace the protected patterns of a registry and those who may push and delete there",
    access: "protections.write",
    params: protectionParams,
    body: protectionsBody,
    response: protectionListSchema,
  },
  ({ ctx, params, body }) => writeProtections(ctx, params.slug, body),
);

export const accessRoutes = [
  listEffectiveRoute,
  getMatrixRoute,
  checkAccessRoute,
  getMyAccessRoute,
  getAccessSummaryRoute,
  listProtectionsRoute,
  writeProtectionsRoute,
];
