import { changeFailureRoute, getFailureRoute } from "#lib/failures/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(getFailureRoute);
export const PATCH = handle(changeFailureRoute);
