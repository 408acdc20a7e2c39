import { handle } from "#lib/http/handle";
import { listSessionsRoute } from "#lib/sessions/routes";

export const GET = handle(listSessionsRoute);
