import { commentOnFailureRoute } from "#lib/failures/routes";
import { handle } from "#lib/http/handle";

export const POST = handle(commentOnFailureRoute);
