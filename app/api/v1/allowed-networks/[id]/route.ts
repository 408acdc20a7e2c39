import { handle } from "#lib/http/handle";
import { removeAllowedNetworkRoute } from "#lib/registries/routes";

export const DELETE = handle(removeAllowedNetworkRoute);
