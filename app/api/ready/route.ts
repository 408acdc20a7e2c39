import { getReadyRoute } from "#lib/health/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(getReadyRoute);
