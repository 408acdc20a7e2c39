import { handle } from "#lib/http/handle";
import { changeUserRoute, getUserRoute } from "#lib/people/routes";

export const GET = handle(getUserRoute);
export const PATCH = handle(changeUserRoute);
