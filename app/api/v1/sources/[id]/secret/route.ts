import { rotateSourceSecretRoute } from "#lib/events/routes";
import { handle } from "#lib/http/handle";

export const POST = handle(rotateSourceSecretRoute);
