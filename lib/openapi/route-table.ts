import { healthRoutes } from "#lib/health/routes";
import type { RouteDefinition } from "#lib/http/define-route";

/** Every API route of the console. The OpenAPI document and the authorization matrix are made from it. */
export function listRouteDefinitions(): RouteDefinition[] {
  return [...healthRoutes].map((route) => route.definition as RouteDefinition);
}
