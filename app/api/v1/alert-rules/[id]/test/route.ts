import { testAlertRuleRoute } from "#lib/alerts/routes";
import { handle } from "#lib/http/handle";

export const POST = handle(testAlertRuleRoute);
