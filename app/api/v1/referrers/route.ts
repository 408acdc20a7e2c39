import { handle } from "#lib/http/handle";
import { listReferrersRoute } from "#lib/inventory/routes";

export const GET = handle(listReferrersRoute);
