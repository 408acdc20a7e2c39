import { handle } from "#lib/http/handle";
import { revokeOwnSecretRoute } from "#lib/principals/routes";

export const DELETE = handle(revokeOwnSecretRoute);
