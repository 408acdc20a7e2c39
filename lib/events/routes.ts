import {
  createdSourceSchema,
  createSourceBody,
  listSourcesQuery,
  sourceParams,
  sourcesSchema,
  unreadableSchema,
} from "#lib/events/schema";
import {
  createSource,
  listSources,
  listUnreadableDeliveries,
  removeSource,
  rotateSourceSecret,
} from "#lib/events/source-service";
import { defineRoute, RouteReply } from "#lib/http/define-route";

export const listSourcesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/sources",
    summary: "Where events come from: last delivery, lag and errors of each source",
    access: "sources.read",
    query: listSourcesQuery,
    response: sourcesSchema,
  },
  async ({ ctx, query }) => ({ items: await listSources(ctx, query.registry), nextCursor: null }),
);

export const createSourceRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/sources",
    summary: "Make a source of a registry; its secret is answered this once",
    access: "sources.write",
    body: createSourceBody,
    response: createdSourceSchema,
    status: 201,
  },
  ({ ctx, body }) => createSource(ctx, body),
);

export const rotateSourceSecretRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/sources/{id}/secret",
    summary: "Give a source a new secret; the one before it ends at once",
    access: "sources.write",
    params: sourceParams,
    response: createdSourceSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, params }) => rotateSourceSecret(ctx, params.id),
);

export const removeSourceRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/sources/{id}",
    summary: "End a source; what it told stays",
    access: "sources.write",
    params: sourceParams,
    status: 204,
    errors: [409],
  },
  async ({ ctx, params }) => {
    await removeSource(ctx, params.id);
    return new RouteReply(undefined);
  },
);

export const listUnreadableRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/sources/{id}/unreadable",
    summary: "The newest deliveries of a source that could not be read",
    access: "sources.read",
    params: sourceParams,
    response: unreadableSchema,
  },
  async ({ ctx, params }) => ({ items: await listUnreadableDeliveries(ctx, params.id), nextCursor: null }),
);

export const sourceRoutes = [
  listSourcesRoute,
  createSourceRoute,
  rotateSourceSecretRoute,
  removeSourceRoute,
  listUnreadableRoute,
];
