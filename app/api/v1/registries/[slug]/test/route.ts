import { handle } from "#lib/http/handle";
import { testRegistryRoute } from "#lib/registries/routes";

export const POST = handle(testRegistryRoute);
