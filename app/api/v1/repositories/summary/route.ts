import { handle } from "#lib/http/handle";
import { summariseRepositoriesRoute } from "#lib/inventory/routes";

export const GET = handle(summariseRepositoriesRoute);
