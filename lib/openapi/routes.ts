import { defineRoute, RouteReply } from "#lib/http/define-route";
import { getBaseOrigin } from "#lib/http/same-origin";
import { createOpenApiDocument } from "#lib/openapi/create-openapi-document";
import { openApiDefinition } from "#lib/openapi/definition";
import { listRouteDefinitions } from "#lib/openapi/route-table";

export const getOpenApiRoute = defineRoute(openApiDefinition, async () => {
  const document = createOpenApiDocument(listRouteDefinitions(), getBaseOrigin());
  return new RouteReply({ ...document, paths: { ...document.paths } });
});
