import { handle } from "#lib/http/handle";
import { deleteRoleBindingRoute } from "#lib/people/routes";

export const DELETE = handle(deleteRoleBindingRoute);
