import { z } from "zod";
import { getReadiness } from "#lib/health/service";
import { defineRoute, RouteReply } from "#lib/http/define-route";

export const getHealthRoute = defineRoute(
  {
    method: "GET",
    path: "/api/health",
    summary: "Whether the process answers",
    access: "public",
    response: z.strictObject({ status: z.literal("ok") }),
  },
  async () => ({ status: "ok" as const }),
);

const readinessSchema = z.strictObject({
  ready: z.boolean(),
  checks: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

export const getReadyRoute = defineRoute(
  {
    method: "GET",
    path: "/api/ready",
    summary: "Whether the console can serve: 200 or 503",
    access: "public",
    response: readinessSchema,
    errors: [503],
  },
  async () => {
    const readiness = await getReadiness();
    return new RouteReply(readiness, { status: readiness.ready ? 200 : 503 });
  },
);

export const healthRoutes = [getHealthRoute, getReadyRoute];
