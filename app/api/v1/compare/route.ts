import { compareRoute } from "#lib/compare/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(compareRoute);
