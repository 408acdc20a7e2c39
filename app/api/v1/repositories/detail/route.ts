import { handle } from "#lib/http/handle";
import { getRepositoryRoute } from "#lib/inventory/routes";

export const GET = handle(getRepositoryRoute);
