import { listEffectiveRoute } from "#lib/grants/routes-access";
import { handle } from "#lib/http/handle";

export const GET = handle(listEffectiveRoute);
