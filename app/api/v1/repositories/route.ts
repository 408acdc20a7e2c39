import { handle } from "#lib/http/handle";
import { listRepositoriesRoute } from "#lib/inventory/routes";

export const GET = handle(listRepositoriesRoute);
