import { restoreGrantRoute } from "#lib/grants/routes";
import { handle } from "#lib/http/handle";

export const POST = handle(restoreGrantRoute);
