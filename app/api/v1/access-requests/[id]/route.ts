import { decideAccessRequestRoute } from "#lib/grants/routes-requests";
import { handle } from "#lib/http/handle";

export const POST = handle(decideAccessRequestRoute);
