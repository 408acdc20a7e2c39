import { handle } from "#lib/http/handle";
import { createOwnSecretRoute, listOwnSecretsRoute } from "#lib/principals/routes";

export const GET = handle(listOwnSecretsRoute);
export const POST = handle(createOwnSecretRoute);
