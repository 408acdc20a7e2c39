import { listProtectionsRoute, writeProtectionsRoute } from "#lib/grants/routes-access";
import { handle } from "#lib/http/handle";

export const GET = handle(listProtectionsRoute);
export const PUT = handle(writeProtectionsRoute);
