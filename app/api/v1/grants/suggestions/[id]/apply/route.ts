import { applySuggestionRoute } from "#lib/grants/routes-suggestions";
import { handle } from "#lib/http/handle";

export const POST = handle(applySuggestionRoute);
