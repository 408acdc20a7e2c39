import { handle } from "#lib/http/handle";
import { createUserRoute, listUsersRoute } from "#lib/people/routes";

export const GET = handle(listUsersRoute);
export const POST = handle(createUserRoute);
