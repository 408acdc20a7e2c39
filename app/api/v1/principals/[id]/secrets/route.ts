import { handle } from "#lib/http/handle";
import { createSecretRoute, listSecretsRoute } from "#lib/principals/routes";

export const GET = handle(listSecretsRoute);
export const POST = handle(createSecretRoute);
