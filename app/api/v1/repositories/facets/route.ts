import { handle } from "#lib/http/handle";
import { countRepositoryFacetsRoute } from "#lib/inventory/routes";

export const GET = handle(countRepositoryFacetsRoute);
