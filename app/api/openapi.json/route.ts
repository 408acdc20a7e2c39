import { handle } from "#lib/http/handle";
import { getOpenApiRoute } from "#lib/openapi/routes";

export const GET = handle(getOpenApiRoute);
