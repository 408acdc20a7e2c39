import type { IncomingMessage, ServerResponse } from "node:http";
import { errorResponse } from "#lib/http/error-response";
import { HttpError } from "#lib/http/errors";
import { ConnectionLostError } from "#lib/http/read-body";
import { log } from "#lib/log/log";
import { describeDenial } from "#lib/tokens/rules-denial";
import type { TokenOutcome } from "#lib/tokens/service";

export interface TokenProblem {
  status: 400 | 401 | 404 | 413 | 415 | 429 | 503;
  /** As registries name it. */
  code: string;
  /** As OAuth2 names it. */
  error: string;
  message: string;
  retryAfterSeconds?: number | null;
}

export const badRequest = (message: string): TokenProblem => ({
  status: 400,
  code: "UNSUPPORTED",
  error: "invalid_request",
  message,
});

export const badCredentials: TokenProblem = {
  status: 401,
  code: "UNAUTHORIZED",
  error: "invalid_grant",
  message: "The name or the secret is wrong.",
};

export const unknownService: TokenProblem = {
  status: 400,
  code: "UNSUPPORTED",
  error: "invalid_target",
  message: "There is no registry of this service here.",
};

export const tooMuch: TokenProblem = {
  status: 429,
  code: "TOOMANYREQUESTS",
  error: "slow_down",
  message: "The token endpoint is busy. Try again shortly.",
  retryAfterSeconds: 1,
};

/** A refusal as it is told to who asked: nothing that helps somebody guess, everything to who was right once. */
export function prepareRefusal(outcome: Exclude<TokenOutcome, { kind: "issued" }>): TokenProblem {
  if (outcome.kind === "unknown-service") return unknownService;
  const { reason, retryAfterSeconds } = outcome;
  if (retryAfterSeconds !== null)
    return { ...tooMuch, message: "Too many wrong credentials. Try again later.", retryAfterSeconds };
  if (reason === "wrong-credentials" || reason === "not-trusted") return badCredentials;
  const facts = { reason, who: "this name", registry: null, type: null, repository: null, actions: [] };
  return { ...badCredentials, message: describeDenial(facts) };
}

export function sendProblem(response: ServerResponse, problem: TokenProblem): void {
  const { status, code, error, message, retryAfterSeconds } = problem;
  if (status === 401) response.setHeader("www-authenticate", 'Basic realm="wharfinger"');
  if (retryAfterSeconds) response.setHeader("retry-after", String(retryAfterSeconds));
  sendJson(
    response,
    status,
    JSON.stringify({ errors: [{ code, message, detail: null }], error, error_description: message }),
  );
}

export function sendJson(response: ServerResponse, status: number, body: string): void {
  const bytes = Buffer.byteLength(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  // Nothing but ASCII, as in every token, goes out with the head in one piece.
  response.end(body, bytes === body.length ? "latin1" : "utf8");
}

/** What went wrong on our side: 503 when the store is away, in the form that registry clients read. */
export function sendFault(response: ServerResponse, error: unknown): void {
  if (error instanceof ConnectionLostError || response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const status = error instanceof HttpError ? error.status : errorResponse(error, crypto.randomUUID()).status;
  if (status !== 503)
    log.error({ name: error instanceof Error ? error.name : "unknown" }, "a token could not be made");
  sendProblem(response, {
    status: 503,
    code: "UNAVAILABLE",
    error: "temporarily_unavailable",
    message: "The token endpoint cannot answer now. Try again shortly.",
    retryAfterSeconds: 2,
  });
}

const drainMs = 2_000;

/** What a refused sender still sends is thrown away for a moment, so that it gets to read the answer. */
export function dropBody(request: IncomingMessage): void {
  if (request.complete) return;
  request.on("error", () => undefined).resume();
  setTimeout(() => request.destroy(), drainMs).unref();
}
