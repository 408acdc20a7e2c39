import { publishingRoute } from "#lib/activity/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(publishingRoute);
