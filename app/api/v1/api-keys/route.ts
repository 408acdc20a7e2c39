import { createApiKeyRoute, listApiKeysRoute } from "#lib/api-keys/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(listApiKeysRoute);
export const POST = handle(createApiKeyRoute);
