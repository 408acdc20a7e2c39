import { handle } from "#lib/http/handle";
import { testConnectionRoute } from "#lib/registries/routes";

export const POST = handle(testConnectionRoute);
