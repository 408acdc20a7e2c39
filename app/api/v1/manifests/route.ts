import { handle } from "#lib/http/handle";
import { deleteManifestRoute, getManifestRoute } from "#lib/inventory/routes";

export const GET = handle(getManifestRoute);
export const DELETE = handle(deleteManifestRoute);
