import { handle } from "#lib/http/handle";
import { disconnectRegistryRoute, getRegistryRoute, updateRegistryRoute } from "#lib/registries/routes";

export const GET = handle(getRegistryRoute);
export const PATCH = handle(updateRegistryRoute);
export const DELETE = handle(disconnectRegistryRoute);
