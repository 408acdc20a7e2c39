import { changeEnforcementRoute, getEnforcementRoute } from "#lib/enforcement/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(getEnforcementRoute);
export const PATCH = handle(changeEnforcementRoute);
