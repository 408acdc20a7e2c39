import { handle } from "#lib/http/handle";
import { searchRoute } from "#lib/search/routes";

export const GET = handle(searchRoute);
