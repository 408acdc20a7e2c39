import { handle } from "#lib/http/handle";
import { getRawManifestRoute } from "#lib/inventory/routes";

export const GET = handle(getRawManifestRoute);
