import { z } from "zod";
import { defineRoute, RouteReply } from "#lib/http/define-route";
import { startSyncBody, syncSchema } from "#lib/inventory/schema-sync";
import { getSync, startSync, stopSync } from "#lib/inventory/sync-service";
import {
  connectRegistry,
  createIngestSecret,
  disconnectRegistry,
  getRegistry,
  listRegistries,
  updateRegistry,
} from "#lib/registries/connection-service";
import { allowNetwork, listAllowedNetworks, removeAllowedNetwork } from "#lib/registries/networks-service";
import {
  allowedNetworkParams,
  allowedNetworkSchema,
  allowedNetworksSchema,
  allowNetworkBody,
  connectRegistryBody,
  ingestSecretBody,
  ingestSecretSchema,
  listRegistriesQuery,
  registryPageSchema,
  registryParams,
  registrySchema,
  registryTestSchema,
  testRegistryBody,
  updateRegistryBody,
} from "#lib/registries/schema";
import { testConnection, testRegistry } from "#lib/registries/test-service";

export const listRegistriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/registries",
    summary: "Registries that you may see, connected and disconnected",
    access: "registries.read",
    query: listRegistriesQuery,
    response: registryPageSchema,
  },
  ({ ctx, query }) => listRegistries(ctx, query),
);

export const connectRegistryRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/registries",
    summary: "Connect a registry, or take up a disconnected one of the same slug",
    access: "registries.write",
    body: connectRegistryBody,
    response: registrySchema,
    status: 201,
    errors: [409],
  },
  async ({ ctx, body }) => {
    const registry = await connectRegistry(ctx, body);
    if (body.sync) await startSync(ctx, body.slug, { kind: "full" });
    return registry;
  },
);

export const getRegistryRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/registries/{slug}",
    summary: "One registry: its settings, state and counts",
    access: "registries.read",
    params: registryParams,
    response: registrySchema,
  },
  ({ ctx, params }) => getRegistry(ctx, params.slug),
);

export const updateRegistryRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/registries/{slug}",
    summary: "Change settings of a registry",
    access: "registries.write",
    params: registryParams,
    body: updateRegistryBody,
    response: registrySchema,
  },
  ({ ctx, params, body }) => updateRegistry(ctx, params.slug, body),
);

export const disconnectRegistryRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/registries/{slug}",
    summary: "Disconnect a registry; what is known of it stays",
    access: "registries.write",
    params: registryParams,
    status: 204,
  },
  async ({ ctx, params }) => {
    await disconnectRegistry(ctx, params.slug);
    return new RouteReply(undefined);
  },
);

export const testRegistryRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/registries/{slug}/test",
    summary: "Test a connected registry step by step",
    access: "registries.write",
    params: registryParams,
    response: registryTestSchema,
  },
  ({ ctx, params }) => testRegistry(ctx, params.slug),
);

export const testConnectionRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/registry-tests",
    summary: "Test a connection before it is saved",
    access: "registries.write",
    body: testRegistryBody,
    response: registryTestSchema,
  },
  ({ ctx, body }) => testConnection(ctx, body),
);

export const createIngestSecretRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/registries/{slug}/ingest-secret",
    summary: "Make the secret that this registry's notifications carry; shown once",
    access: "registries.write",
    params: registryParams,
    body: ingestSecretBody,
    response: ingestSecretSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, params, body }) => createIngestSecret(ctx, params.slug, body.secret),
);

export const getSyncRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/registries/{slug}/sync",
    summary: "How reading the registry goes, or went last",
    access: "registries.read",
    params: registryParams,
    response: syncSchema,
  },
  ({ ctx, params }) => getSync(ctx, params.slug),
);

export const startSyncRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/registries/{slug}/sync",
    summary: "Read the registry in the background, or go on where it was stopped",
    access: "registries.sync",
    params: registryParams,
    body: startSyncBody,
    response: syncSchema,
    status: 202,
    errors: [409],
  },
  ({ ctx, params, body }) => startSync(ctx, params.slug, body),
);

export const stopSyncRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/registries/{slug}/sync",
    summary: "Stop reading the registry; starting again goes on from there",
    access: "registries.sync",
    params: registryParams,
    response: syncSchema,
    status: 202,
  },
  ({ ctx, params }) => stopSync(ctx, params.slug),
);

export const listAllowedNetworksRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/allowed-networks",
    summary: "Private networks that the console may reach",
    access: "networks.read",
    query: z.strictObject({}),
    response: allowedNetworksSchema,
  },
  ({ ctx }) => listAllowedNetworks(ctx),
);

export const allowNetworkRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/allowed-networks",
    summary: "Let the console reach a private network",
    access: "networks.write",
    body: allowNetworkBody,
    response: allowedNetworkSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => allowNetwork(ctx, body),
);

export const removeAllowedNetworkRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/allowed-networks/{id}",
    summary: "Stop reaching a private network",
    access: "networks.write",
    params: allowedNetworkParams,
    status: 204,
  },
  async ({ ctx, params }) => {
    await removeAllowedNetwork(ctx, Number(params.id));
    return new RouteReply(undefined);
  },
);

export const registriesRoutes = [
  listRegistriesRoute,
  connectRegistryRoute,
  getRegistryRoute,
  updateRegistryRoute,
  disconnectRegistryRoute,
  testRegistryRoute,
  testConnectionRoute,
  createIngestSecretRoute,
  getSyncRoute,
  startSyncRoute,
  stopSyncRoute,
  listAllowedNetworksRoute,
  allowNetworkRoute,
  removeAllowedNetworkRoute,
];
