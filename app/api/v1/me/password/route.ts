import { handle } from "#lib/http/handle";
import { changeOwnPasswordRoute } from "#lib/people/routes";

export const POST = handle(changeOwnPasswordRoute);
