import { handle } from "#lib/http/handle";
import { planDeleteTagRoute } from "#lib/inventory/routes";

export const GET = handle(planDeleteTagRoute);
