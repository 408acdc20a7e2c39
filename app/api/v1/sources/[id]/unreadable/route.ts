import { listUnreadableRoute } from "#lib/events/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(listUnreadableRoute);
