import { exportRepositoriesRoute } from "#lib/exports/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(exportRepositoriesRoute);
