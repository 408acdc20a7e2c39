import { listSuggestionsRoute } from "#lib/grants/routes-suggestions";
import { handle } from "#lib/http/handle";

export const GET = handle(listSuggestionsRoute);
