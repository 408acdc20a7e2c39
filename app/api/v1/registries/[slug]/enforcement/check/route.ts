import { checkEnforcementRoute } from "#lib/enforcement/routes";
import { handle } from "#lib/http/handle";

export const POST = handle(checkEnforcementRoute);
