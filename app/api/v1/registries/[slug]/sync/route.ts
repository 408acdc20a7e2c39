import { handle } from "#lib/http/handle";
import { getSyncRoute, startSyncRoute, stopSyncRoute } from "#lib/registries/routes";

export const GET = handle(getSyncRoute);
export const POST = handle(startSyncRoute);
export const DELETE = handle(stopSyncRoute);
