import { homeSchema } from "#lib/home/schema";
import { getHome } from "#lib/home/service";
import { defineRoute } from "#lib/http/define-route";

export const getHomeRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/home",
    summary: "What waits for a person, how the registries are, and which tags moved last",
    access: "repositories.read",
    response: homeSchema,
  },
  ({ ctx }) => getHome(ctx),
);

export const homeRoutes = [getHomeRoute];
