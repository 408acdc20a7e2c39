import { failureSeriesRoute } from "#lib/failures/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(failureSeriesRoute);
