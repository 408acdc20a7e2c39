import { handle } from "#lib/http/handle";
import { planDeleteManifestRoute } from "#lib/inventory/routes";

export const GET = handle(planDeleteManifestRoute);
