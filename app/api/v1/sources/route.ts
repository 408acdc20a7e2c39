import { createSourceRoute, listSourcesRoute } from "#lib/events/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(listSourcesRoute);
export const POST = handle(createSourceRoute);
