import { healthRoutes } from "#lib/health/routes";
import type { Route, RouteDefinition } from "#lib/http/define-route";
import { inventoryReadRoutes } from "#lib/inventory/routes";
import { openApiDefinition } from "#lib/openapi/definition";
import { listHotDoors } from "#lib/server/hot-doors";

/** Every API operation of the console. The OpenAPI document and the authorization matrix are made from it. */
export function listRouteDefinitions(): RouteDefinition[] {
  const routes = [...healthRoutes, ...inventoryReadRoutes] as unknown as Route[];
  return [
    openApiDefinition,
    ...routes.map(({ definition }) => definition),
    ...listHotDoors().map(({ definition }) => definition),
  ];
}
