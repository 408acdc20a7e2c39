import type { IncomingMessage, ServerResponse } from "node:http";
import { addressHeader } from "#lib/http/client-address";
import type { HotDoor } from "#lib/http/hot-door";
import { formatScope } from "#lib/oci/scope";
import { readForm } from "#lib/tokens/read-form";
import {
  jwksQuery,
  jwksSchema,
  tokenAnswerSchema,
  tokenForm,
  tokenProblemSchema,
  tokenQuery,
} from "#lib/tokens/schema";
import { issueToken, type Showing, type TokenOutcome, type TokenRequest } from "#lib/tokens/service";
import { findPublishedKeys } from "#lib/tokens/service-jwks";
import {
  badCredentials,
  badRequest,
  dropBody,
  prepareRefusal,
  sendFault,
  sendJson,
  sendProblem,
  type TokenProblem,
  tooMuch,
  unknownService,
} from "#lib/tokens/token-answer";
import { parseBasicCredentials, parseFormFields, parseTokenAsk } from "#lib/tokens/token-request";

const problem = { mediaType: "application/json", schema: tokenProblemSchema };

/**
 * Requests under way, of this process. What comes on top is refused before anything is read of it, so that a flood
 * leaves the processor to people and to the requests that were let in.
 */
const maxUnderWay = 128;
let underWay = 0;

/** The token endpoint of the Docker token specification: a name and a secret, or nobody. */
export const tokenDoor: HotDoor = {
  definition: {
    method: "GET",
    path: "/api/token",
    summary: "A token for a registry, for what the grants of who asks allow; Authorization: Basic, or nobody",
    access: "public",
    query: tokenQuery,
    response: tokenAnswerSchema,
    errors: [401, 429, 503],
    problem,
  },
  handle: (request, response) => guard(response, () => answerGet(request, response)),
};

/** The same as OAuth2 form. */
export const tokenFormDoor: HotDoor = {
  definition: {
    method: "POST",
    path: "/api/token",
    summary: "A token for a registry, asked for as OAuth2 does: with a password or a refresh token",
    access: "public",
    body: tokenForm,
    bodyMediaType: "application/x-www-form-urlencoded",
    response: tokenAnswerSchema,
    errors: [401, 429, 503],
    problem,
  },
  handle: (request, response) => guard(response, () => answerPost(request, response)),
};

/** The public keys with which tokens for a registry are signed. */
export const jwksDoor: HotDoor = {
  definition: {
    method: "GET",
    path: "/api/token/jwks",
    summary:
      "The keys with which tokens for a registry are signed: the next one, the current one, and those before",
    access: "public",
    query: jwksQuery,
    response: jwksSchema,
    errors: [404, 429, 503],
    problem,
  },
  handle: (request, response) => guard(response, () => answerJwks(request, response)),
};

/** Lets no more in than can be answered, and turns every fault into an answer that registry clients read. */
export async function guard(response: ServerResponse, work: () => Promise<void> | void): Promise<void> {
  if (underWay >= maxUnderWay) {
    sendProblem(response, tooMuch);
    return;
  }
  underWay += 1;
  try {
    await work();
  } catch (error) {
    sendFault(response, error);
  } finally {
    underWay -= 1;
  }
}

async function answerGet(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fields = parseFormFields(readQuery(request));
  const ask = fields.ok ? parseTokenAsk(fields.fields) : fields;
  if (!fields.ok || !ask.ok) return sendProblem(response, badRequest(ask.ok ? "" : ask.problem));
  const given = parseBasicCredentials(request.headers.authorization);
  if (!given.ok) return sendProblem(response, malformedCredentials);
  const showing: Showing =
    given.credentials === null ? { kind: "nothing" } : { kind: "password", credentials: given.credentials };
  const offline = fields.fields.get("offline_token")?.[0] === "true";
  sendOutcome(response, await issueToken({ ask: ask.ask, showing, offline, ...readSender(request) }), false);
}

async function answerPost(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await readForm(request);
  if (!form.ok) {
    sendProblem(response, form.problem);
    return dropBody(request);
  }
  const ask = parseTokenAsk(form.fields);
  if (!ask.ok) return sendProblem(response, badRequest(ask.problem));
  const showing = readShowing(form.fields);
  if ("status" in showing) return sendProblem(response, showing);
  const offline = form.fields.get("access_type")?.[0] === "offline";
  const asked: TokenRequest = { ask: ask.ask, showing, offline, ...readSender(request) };
  sendOutcome(response, await issueToken(asked), true);
}

function readShowing(fields: ReadonlyMap<string, string[]>): Showing | TokenProblem {
  const value = (name: string) => fields.get(name)?.[0] ?? "";
  switch (value("grant_type")) {
    case "password":
      if (value("username") === "" || value("password") === "")
        return badRequest("username and password are missing.");
      return {
        kind: "password",
        credentials: { username: value("username"), password: value("password") },
      };
    case "refresh_token":
      if (value("refresh_token") === "") return badRequest("refresh_token is missing.");
      return { kind: "refresh-token", token: value("refresh_token") };
    case "":
      return badRequest("grant_type is missing: password or refresh_token.");
    default:
      return { ...badRequest("grant_type is password or refresh_token."), error: "unsupported_grant_type" };
  }
}

async function answerJwks(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fields = parseFormFields(readQuery(request));
  const services = fields.ok ? (fields.fields.get("service") ?? []) : [];
  if (services.length !== 1 || !services[0])
    return sendProblem(response, badRequest("The parameter service is missing: the registry's short name."));
  const keys = await findPublishedKeys(services[0]);
  if (keys === null) return sendProblem(response, { ...unknownService, status: 404 });
  sendJson(response, 200, JSON.stringify(keys));
}

const malformedCredentials: TokenProblem = {
  ...badCredentials,
  message: "The Authorization header holds no well-formed basic credentials.",
};

/** Everything that is safe without escaping is put together as text: this is done for every pull. */
function sendOutcome(response: ServerResponse, outcome: TokenOutcome, withScope: boolean): void {
  if (outcome.kind !== "issued") {
    sendProblem(response, prepareRefusal(outcome));
    return;
  }
  const { token, expiresInSeconds, issuedAtSeconds, refreshToken, access } = outcome;
  const issuedAt = new Date(issuedAtSeconds * 1000).toISOString();
  const refresh = refreshToken === null ? "" : `,"refresh_token":"${refreshToken}"`;
  const scope = withScope ? `,"scope":${JSON.stringify(access.map(formatScope).join(" "))}` : "";
  sendJson(
    response,
    200,
    `{"token":"${token}","access_token":"${token}","expires_in":${expiresInSeconds},"issued_at":"${issuedAt}"${refresh}${scope}}`,
  );
}

function readQuery(request: IncomingMessage): string {
  const target = request.url ?? "";
  const cut = target.indexOf("?");
  return cut === -1 ? "" : target.slice(cut + 1);
}

/** The address is the entry's word: it drops what a client writes under this name. */
export function readSender(request: IncomingMessage): { address: string | null; agent: string | null } {
  const address = request.headers[addressHeader];
  return {
    address: typeof address === "string" ? address : null,
    agent: request.headers["user-agent"] ?? null,
  };
}
