import { handle } from "#lib/http/handle";
import { getMeRoute } from "#lib/people/routes";

export const GET = handle(getMeRoute);
