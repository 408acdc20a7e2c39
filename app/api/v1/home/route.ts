import { getHomeRoute } from "#lib/home/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(getHomeRoute);
