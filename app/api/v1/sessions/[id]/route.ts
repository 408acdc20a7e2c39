import { handle } from "#lib/http/handle";
import { revokeSessionRoute } from "#lib/sessions/routes";

export const DELETE = handle(revokeSessionRoute);
