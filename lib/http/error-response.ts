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

const databaseAway = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  "P2037",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08000",
  "08001",
  "08003",
  "08006",
  "DatabaseNotReachable",
  "ConnectionClosed",
  "TooManyConnections",
  "SocketTimeout",
]);

const changedAtOnce = new Set(["P2034", "40001", "40P01", "TransactionWriteConflict"]);

function toHttpError(error: unknown): HttpError | null {
  if (error instanceof HttpError) return error;
  if (isDatabaseAway(error))
    return new UpstreamError(503, "store-away", "The console's database does not answer. Try again shortly.");
  if (listCauses(error).some((cause) => readCodes(cause).some((code) => changedAtOnce.has(code))))
    return new UpstreamError(503, "busy", "Somebody changed the same thing at the same time. Try again.");
  return null;
}

/** Whether an error means that Postgres cannot be reached or does not answer now. */
export function isDatabaseAway(error: unknown): boolean {
  return listCauses(error).some(
    (cause) =>
      readCodes(cause).some((code) => databaseAway.has(code)) ||
      (cause instanceof Error &&
        /Connection terminated|Can't reach database|timeout exceeded when trying to connect/.test(
          cause.message,
        )),
  );
}

/** The error and what lies under it; Prisma hides the driver's error of a raw query in `meta`. */
function listCauses(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at: unknown = error; at && causes.length < 8; ) {
    causes.push(at);
    const { cause, meta } = at as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
    at = cause ?? meta?.driverAdapterError;
  }
  return causes;
}

function readCodes(error: unknown): string[] {
  if (typeof error !== "object" || error === null) return [];
  const { code, kind, originalCode } = error as Record<string, unknown>;
  return [code, kind, originalCode].filter((one): one is string => typeof one === "string");
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
