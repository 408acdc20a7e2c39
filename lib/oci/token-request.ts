import { basicHeader, isBearerToken, type RegistryCredentials } from "#lib/oci/credentials";
import { RegistryError } from "#lib/oci/errors";
import { parseJsonObject } from "#lib/oci/json-fields";
import { answerError } from "#lib/oci/registry-answer";
import type { HttpMethod, TransportRequest, TransportResponse } from "#lib/oci/transport";

export type TokenRequest = {
  realm: URL;
  service: string | null;
  scopes: readonly string[];
  credentials: RegistryCredentials;
  userAgent: string;
  secrets: readonly string[];
  send: (request: TransportRequest) => Promise<TransportResponse>;
};

export type IssuedToken = { token: string; expiresInMs: number };

const clientId = "wharfinger";
const maxTokenAnswerBytes = 1024 * 1024;
const longestLifeSeconds = 24 * 60 * 60;

/**
 * Fetches one token: GET with basic credentials or none, POST with a refresh token; where a server knows only
 * POST (404 or 405 on GET), POST with the password. Redirects are not followed: the realm is the realm.
 */
export async function fetchToken(request: TokenRequest): Promise<IssuedToken> {
  const { credentials } = request;
  let answer: TransportResponse;
  if (credentials.kind === "token") {
    answer = await post(request, { grant_type: "refresh_token", refresh_token: credentials.token });
  } else {
    answer = await get(request);
    if (credentials.kind === "basic" && (answer.status === 404 || answer.status === 405)) {
      const { username, password } = credentials;
      answer = await post(request, { grant_type: "password", username, password });
    }
  }
  return readToken(answer, request);
}

function get(request: TokenRequest): Promise<TransportResponse> {
  const { credentials } = request;
  const url = new URL(request.realm);
  if (request.service !== null) url.searchParams.set("service", request.service);
  for (const scope of request.scopes) url.searchParams.append("scope", scope);
  url.searchParams.set("client_id", clientId);
  const headers: string[] = [];
  if (credentials.kind === "basic") {
    url.searchParams.set("account", credentials.username);
    headers.push("authorization", basicHeader(credentials.username, credentials.password));
  }
  return sendTo(request, "GET", url, headers);
}

function post(request: TokenRequest, grant: Record<string, string>): Promise<TransportResponse> {
  const form = new URLSearchParams({ ...grant, client_id: clientId });
  form.set("service", request.service ?? "");
  if (request.scopes.length > 0) form.set("scope", request.scopes.join(" "));
  const body = Buffer.from(form.toString());
  return sendTo(request, "POST", request.realm, ["content-type", "application/x-www-form-urlencoded"], body);
}

function sendTo(
  request: TokenRequest,
  method: HttpMethod,
  url: URL,
  headers: string[],
  body?: Uint8Array,
): Promise<TransportResponse> {
  return request.send({
    method,
    origin: url.origin,
    path: url.pathname + url.search,
    headers: [
      "user-agent",
      request.userAgent,
      "accept",
      "application/json",
      "accept-encoding",
      "identity",
      ...headers,
    ],
    body,
    maxBytes: maxTokenAnswerBytes,
  });
}

function readToken(answer: TransportResponse, request: TokenRequest): IssuedToken {
  const place = `the token service ${request.realm.origin}`;
  if (answer.status >= 300 && answer.status < 400) {
    throw new RegistryError(
      "realm-refused",
      `${capital(place)} redirects elsewhere; credentials are not sent on.`,
      {
        status: answer.status,
        realm: request.realm.origin + request.realm.pathname,
      },
    );
  }
  if (answer.status !== 200) {
    const error = answerError(answer, place, { secrets: request.secrets });
    if (error.kind !== "unauthorized" && error.kind !== "rejected") throw error;
    const sentence =
      request.credentials.kind === "none"
        ? `${capital(place)} issues no token without credentials.`
        : `${capital(place)} does not accept the credentials.`;
    throw new RegistryError("unauthorized", sentence, {
      status: answer.status,
      code: error.code,
      registryMessage: error.registryMessage,
    });
  }
  const json = parseJsonObject(answer.body, `The answer of ${place}`, {
    maxBytes: maxTokenAnswerBytes,
    maxDepth: 16,
  });
  const token = json.token || json.access_token;
  if (typeof token !== "string" || !isBearerToken(token)) {
    throw new RegistryError("invalid-response", `${capital(place)} answered without a usable token.`);
  }
  const expires = json.expires_in;
  const seconds = typeof expires === "number" && expires > 0 ? Math.min(expires, longestLifeSeconds) : 60;
  return { token, expiresInMs: seconds * 1000 };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
