import { handle } from "#lib/http/handle";
import { connectRegistryRoute, listRegistriesRoute } from "#lib/registries/routes";

export const GET = handle(listRegistriesRoute);
export const POST = handle(connectRegistryRoute);
