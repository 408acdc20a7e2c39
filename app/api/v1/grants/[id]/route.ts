import { changeGrantRoute, getGrantRoute, revokeGrantRoute } from "#lib/grants/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(getGrantRoute);
export const PATCH = handle(changeGrantRoute);
export const DELETE = handle(revokeGrantRoute);
