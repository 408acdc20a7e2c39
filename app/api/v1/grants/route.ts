import { createGrantRoute, listGrantsRoute } from "#lib/grants/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(listGrantsRoute);
export const POST = handle(createGrantRoute);
