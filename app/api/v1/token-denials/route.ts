import { handle } from "#lib/http/handle";
import { listTokenDenialsRoute } from "#lib/tokens/routes";

export const GET = handle(listTokenDenialsRoute);
