import { handle } from "#lib/http/handle";
import { createTrustRuleRoute, listTrustRulesRoute } from "#lib/principals/routes";

export const GET = handle(listTrustRulesRoute);
export const POST = handle(createTrustRuleRoute);
