import { handle } from "#lib/http/handle";
import { createPrincipalRoute, listPrincipalsRoute } from "#lib/principals/routes";

export const GET = handle(listPrincipalsRoute);
export const POST = handle(createPrincipalRoute);
