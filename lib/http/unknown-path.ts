import { errorResponse } from "#lib/http/error-response";
import { NotFoundError } from "#lib/http/errors";

/** For everybody the same, signed in or not: what no route serves is no secret. */
export function answerUnknownPath(): Response {
  const message = "No operation of the API has this address. /api/openapi.json lists them all.";
  return errorResponse(new NotFoundError(message), crypto.randomUUID());
}
