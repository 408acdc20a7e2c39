import { createAlertRuleRoute, listAlertRulesRoute } from "#lib/alerts/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(listAlertRulesRoute);
export const POST = handle(createAlertRuleRoute);
