import { handle } from "#lib/http/handle";
import { createRoleBindingRoute, listRoleBindingsRoute } from "#lib/people/routes";

export const GET = handle(listRoleBindingsRoute);
export const POST = handle(createRoleBindingRoute);
