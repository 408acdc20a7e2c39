import { checkAccessRoute } from "#lib/grants/routes-access";
import { handle } from "#lib/http/handle";

export const POST = handle(checkAccessRoute);
