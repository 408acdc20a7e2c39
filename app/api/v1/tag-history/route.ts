import { handle } from "#lib/http/handle";
import { listTagHistoryRoute } from "#lib/inventory/routes";

export const GET = handle(listTagHistoryRoute);
