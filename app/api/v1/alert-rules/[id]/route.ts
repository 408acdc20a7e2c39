import { changeAlertRuleRoute, removeAlertRuleRoute } from "#lib/alerts/routes";
import { handle } from "#lib/http/handle";

export const PATCH = handle(changeAlertRuleRoute);
export const DELETE = handle(removeAlertRuleRoute);
