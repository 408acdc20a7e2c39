import { handle } from "#lib/http/handle";
import { createIngestSecretRoute } from "#lib/registries/routes";

export const POST = handle(createIngestSecretRoute);
