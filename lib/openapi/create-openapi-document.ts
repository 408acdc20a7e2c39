import { type ZodType, z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import type { RouteDefinition } from "#lib/http/define-route";

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details" });

/** The OpenAPI 3.1 document, from the very schemas that parse requests. */
export function createOpenApiDocument(definitions: readonly RouteDefinition[], serverUrl: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const definition of definitions) {
    const path = paths[definition.path] ?? {};
    path[definition.method.toLowerCase() as "get"] = prepareOperation(definition);
    paths[definition.path] = path;
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Wharfinger",
      version: "1",
      description:
        "Inventory, history and access of container registries. Everything a page does, an API key can do.",
    },
    servers: [{ url: serverUrl }],
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "An API key of the console" },
        session: { type: "apiKey", in: "cookie", name: "wharfinger.session" },
      },
    },
    paths,
  });
}

function prepareOperation(definition: RouteDefinition): ZodOpenApiOperationObject {
  const status = String(definition.status ?? 200) as "200";
  const { mediaType, schema } = definition.problem ?? {
    mediaType: "application/problem+json",
    schema: problemSchema,
  };
  const problem = { content: { [mediaType]: { schema } } };
  const codes = new Set([400, 500, ...(definition.errors ?? [])]);
  if (definition.access !== "public") for (const code of [401, 403, 404]) codes.add(code);
  if (definition.body) for (const code of [413, 415, 422]) codes.add(code);
  codes.delete(Number(status));
  const responses: ZodOpenApiOperationObject["responses"] = {
    [status]: {
      description: definition.summary,
      ...(definition.response
        ? { content: prepareContent(definition.response, definition.mediaTypes ?? ["application/json"]) }
        : {}),
    },
  };
  for (const code of [...codes].sort())
    responses[`${code}` as "400"] = { description: "Problem", ...problem };
  return {
    operationId: formatOperationId(definition),
    summary: definition.summary,
    description:
      definition.access === "public" || definition.access === "signed-in"
        ? undefined
        : `Needs the permission ${definition.access}.`,
    security: definition.access === "public" ? [] : [{ apiKey: [] }, { session: [] }],
    requestParams: {
      ...(definition.params ? { path: definition.params as z.ZodObject } : {}),
      ...(definition.query ? { query: definition.query as z.ZodObject } : {}),
    },
    ...(definition.body
      ? {
          requestBody: {
            required: true,
            content: { [definition.bodyMediaType ?? "application/json"]: { schema: definition.body } },
          },
        }
      : {}),
    responses,
  };
}

function prepareContent(schema: ZodType, mediaTypes: readonly string[]) {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

function formatOperationId(definition: RouteDefinition): string {
  const words = definition.path
    .replace(/^\/api\/(v1\/)?/, "")
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return [definition.method.toLowerCase(), ...words].join("-");
}
