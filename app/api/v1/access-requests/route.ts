import { createAccessRequestRoute, listAccessRequestsRoute } from "#lib/grants/routes-requests";
import { handle } from "#lib/http/handle";

export const GET = handle(listAccessRequestsRoute);
export const POST = handle(createAccessRequestRoute);
