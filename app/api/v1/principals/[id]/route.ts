import { handle } from "#lib/http/handle";
import { changePrincipalRoute, deletePrincipalRoute, getPrincipalRoute } from "#lib/principals/routes";

export const GET = handle(getPrincipalRoute);
export const PATCH = handle(changePrincipalRoute);
export const DELETE = handle(deletePrincipalRoute);
