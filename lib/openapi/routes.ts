import { defineRoute } from "#lib/http/define-route";
import { getBaseOrigin } from "#lib/http/same-origin";
import { createOpenApiDocument } from "#lib/openapi/create-openapi-document";
import { listRouteDefinitions } from "#lib/openapi/route-table";

export const getOpenApiRoute = defineRoute(
  {
    method: "GET",
    path: "/api/openapi.json",
    summary: "This document",
    access: "public",
  },
  async () => createOpenApiDocument(listRouteDefinitions(), getBaseOrigin()),
);
