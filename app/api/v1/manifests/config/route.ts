import { handle } from "#lib/http/handle";
import { getRawConfigRoute } from "#lib/inventory/routes";

export const GET = handle(getRawConfigRoute);
