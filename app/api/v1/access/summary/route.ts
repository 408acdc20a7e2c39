import { getAccessSummaryRoute } from "#lib/grants/routes-access";
import { handle } from "#lib/http/handle";

export const GET = handle(getAccessSummaryRoute);
