import { handle } from "#lib/http/handle";
import { resetPasswordRoute } from "#lib/people/routes";

export const POST = handle(resetPasswordRoute);
