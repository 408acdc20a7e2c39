import { handle } from "#lib/http/handle";
import { findDigestRoute } from "#lib/search/routes";

export const GET = handle(findDigestRoute);
