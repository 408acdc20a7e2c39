import { handle } from "#lib/http/handle";
import { deleteTagRoute, listTagsRoute, putBackTagRoute } from "#lib/inventory/routes";

export const GET = handle(listTagsRoute);
export const POST = handle(putBackTagRoute);
export const DELETE = handle(deleteTagRoute);
