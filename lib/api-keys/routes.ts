import {
  apiKeyPageSchema,
  apiKeyParams,
  createApiKeyBody,
  createdApiKeySchema,
  listApiKeysQuery,
} from "#lib/api-keys/schema";
import { createApiKey, listApiKeys, revokeApiKey } from "#lib/api-keys/service";
import { defineRoute, RouteReply } from "#lib/http/define-route";

export const listApiKeysRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/api-keys",
    summary: "API keys that you own; everybody's with the permission api-keys.read",
    access: "signed-in",
    query: listApiKeysQuery,
    response: apiKeyPageSchema,
  },
  ({ ctx, query }) => listApiKeys(ctx, query),
);

export const createApiKeyRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/api-keys",
    summary: "Create an API key; its secret is answered this once",
    access: "api-keys.write",
    body: createApiKeyBody,
    response: createdApiKeySchema,
    status: 201,
  },
  ({ ctx, body }) => createApiKey(ctx, body),
);

export const revokeApiKeyRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/api-keys/{id}",
    summary: "Revoke an API key of yours; anybody's with the permission api-keys.write",
    access: "signed-in",
    params: apiKeyParams,
    status: 204,
    errors: [409],
  },
  async ({ ctx, params }) => {
    await revokeApiKey(ctx, params.id);
    return new RouteReply(null);
  },
);

export const apiKeyRoutes = [listApiKeysRoute, createApiKeyRoute, revokeApiKeyRoute];
