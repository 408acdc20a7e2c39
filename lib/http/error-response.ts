import { isDatabaseAway, isDatabaseFull, isWriteConflict } from "#lib/db/database-fault";
import { HttpError, UpstreamError } from "#lib/http/errors";
import { log } from "#lib/log/log";

/** The one table from errors to answers (RFC 9457). An unknown error never shows its text. */
export function errorResponse(error: unknown, requestId: string): Response {
  const known = toHttpError(error);
  if (!known) log.error({ requestId, err: summariseError(error) }, "unexpected error");
  const shown =
    known ??
    new HttpError(500, "unexpected", "Something went wrong on our side. Nothing was changed. Try again.");
  const body = {
    type: `urn:wharfinger:problem:${shown.code}`,
    title: shown.message,
    status: shown.status,
    code: shown.code,
    detail: shown.message,
    requestId,
    ...(shown.fields.length > 0 ? { errors: shown.fields } : {}),
  };
  return new Response(JSON.stringify(body), {
    status: shown.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": requestId,
      ...shown.headers,
    },
  });
}

function toHttpError(error: unknown): HttpError | null {
  if (error instanceof HttpError) return error;
  if (isDatabaseAway(error))
    return new UpstreamError(503, "store-away", "The console's database does not answer. Try again shortly.");
  if (isDatabaseFull(error))
    return new UpstreamError(
      503,
      "store-full",
      "The disk of the console's database is full. Nothing was changed. Somebody must make room.",
    );
  if (isWriteConflict(error))
    return new UpstreamError(503, "busy", "Somebody changed the same thing at the same time. Try again.");
  return null;
}

function readCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  const { code, kind } = error as { code?: unknown; kind?: unknown };
  if (typeof code === "string") return code;
  return typeof kind === "string" ? kind : null;
}

function summariseError(error: unknown): { name: string; code: string | null; stack: string } {
  if (!(error instanceof Error)) return { name: typeof error, code: null, stack: "" };
  // Only the frames: a message may quote input, and input may hold a secret.
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  return { name: error.name, code: readCode(error), stack: frames.slice(0, 12).join("\n") };
}
