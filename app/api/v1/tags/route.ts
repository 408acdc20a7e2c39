import { handle } from "#lib/http/handle";
import { listTagsRoute } from "#lib/inventory/routes";

export const GET = handle(listTagsRoute);
