import { activityRoutes } from "#lib/activity/routes";
import { alertRoutes } from "#lib/alerts/routes";
import { apiKeyRoutes } from "#lib/api-keys/routes";
import { auditRoutes } from "#lib/audit/routes";
import { compareRoutes } from "#lib/compare/routes";
import { enforcementRoutes } from "#lib/enforcement/routes";
import { sourceRoutes } from "#lib/events/routes";
import { exportRoutes } from "#lib/exports/routes";
import { failureRoutes } from "#lib/failures/routes";
import { grantRoutes } from "#lib/grants/routes";
import { accessRoutes } from "#lib/grants/routes-access";
import { documentRoutes } from "#lib/grants/routes-document";
import { accessRequestRoutes } from "#lib/grants/routes-requests";
import { suggestionRoutes } from "#lib/grants/routes-suggestions";
import { healthRoutes } from "#lib/health/routes";
import { homeRoutes } from "#lib/home/routes";
import type { Route, RouteDefinition } from "#lib/http/define-route";
import { inventoryReadRoutes } from "#lib/inventory/routes";
import { openApiDefinition } from "#lib/openapi/definition";
import { peopleRoutes } from "#lib/people/routes";
import { principalRoutes } from "#lib/principals/routes";
import { registriesRoutes } from "#lib/registries/routes";
import { searchRoutes } from "#lib/search/routes";
import { listHotDoors } from "#lib/server/hot-doors";
import { sessionRoutes } from "#lib/sessions/routes";
import { teamRoutes } from "#lib/teams/routes";
import { tokenRoutes } from "#lib/tokens/routes";

/** Every API operation of the console. The OpenAPI document and the authorization matrix are made from it. */
export function listRouteDefinitions(): RouteDefinition[] {
  const routes = [
    ...healthRoutes,
    ...inventoryReadRoutes,
    ...compareRoutes,
    ...failureRoutes,
    ...activityRoutes,
    ...sourceRoutes,
    ...alertRoutes,
    ...searchRoutes,
    ...homeRoutes,
    ...exportRoutes,
    ...registriesRoutes,
    ...enforcementRoutes,
    ...auditRoutes,
    ...teamRoutes,
    ...peopleRoutes,
    ...apiKeyRoutes,
    ...sessionRoutes,
    ...principalRoutes,
    ...grantRoutes,
    ...tokenRoutes,
    ...accessRoutes,
    ...accessRequestRoutes,
    ...documentRoutes,
    ...suggestionRoutes,
  ] as unknown as Route[];
  return [
    openApiDefinition,
    ...routes.map(({ definition }) => definition),
    ...listHotDoors().map(({ definition }) => definition),
  ];
}
