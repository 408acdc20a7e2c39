import { revokeApiKeyRoute } from "#lib/api-keys/routes";
import { handle } from "#lib/http/handle";

export const DELETE = handle(revokeApiKeyRoute);
