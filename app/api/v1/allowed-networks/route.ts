import { handle } from "#lib/http/handle";
import { allowNetworkRoute, listAllowedNetworksRoute } from "#lib/registries/routes";

export const GET = handle(listAllowedNetworksRoute);
export const POST = handle(allowNetworkRoute);
