import { handle } from "#lib/http/handle";
import { revokeSecretRoute } from "#lib/principals/routes";

export const DELETE = handle(revokeSecretRoute);
