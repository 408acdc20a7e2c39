import { removeSourceRoute } from "#lib/events/routes";
import { handle } from "#lib/http/handle";

export const DELETE = handle(removeSourceRoute);
