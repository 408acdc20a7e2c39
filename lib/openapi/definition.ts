import { z } from "zod";
import type { RouteDefinition } from "#lib/http/define-route";

/** Apart from its handler, which reads the table that this stands in. */
export const openApiDefinition = {
  method: "GET",
  path: "/api/openapi.json",
  summary: "This document",
  access: "public",
  response: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
} as const satisfies RouteDefinition;
