import { handle } from "#lib/http/handle";
import { deleteTrustRuleRoute } from "#lib/principals/routes";

export const DELETE = handle(deleteTrustRuleRoute);
