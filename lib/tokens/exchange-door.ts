import type { IncomingMessage, ServerResponse } from "node:http";
import type { HotDoor } from "#lib/http/hot-door";
import { formatScope } from "#lib/oci/scope";
import { guard, readSender } from "#lib/tokens/hot-door";
import { readForm } from "#lib/tokens/read-form";
import { tokenExchangeAnswerSchema, tokenExchangeForm, tokenProblemSchema } from "#lib/tokens/schema";
import { issueToken } from "#lib/tokens/service";
import {
  badRequest,
  dropBody,
  prepareRefusal,
  sendJson,
  sendProblem,
  type TokenProblem,
} from "#lib/tokens/token-answer";
import { parseTokenAsk } from "#lib/tokens/token-request";

/** RFC 8693: a pipeline's own identity for a token of ours, with no secret stored anywhere. */
export const tokenExchangeDoor: HotDoor = {
  definition: {
    method: "POST",
    path: "/api/v1/token-exchange",
    summary: "A token for a registry in exchange for a token of an issuer that a trust rule names (RFC 8693)",
    access: "public",
    body: tokenExchangeForm,
    bodyMediaType: "application/x-www-form-urlencoded",
    response: tokenExchangeAnswerSchema,
    errors: [401, 429, 503],
    problem: { mediaType: "application/json", schema: tokenProblemSchema },
  },
  handle: (request, response) => guard(response, () => exchange(request, response)),
};

const jwtType = "urn:ietf:params:oauth:token-type:jwt";

async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await readForm(request);
  if (!form.ok) {
    sendProblem(response, form.problem);
    return dropBody(request);
  }
  const problem = findProblem(form.fields);
  if (problem !== null) return sendProblem(response, problem);
  const value = (name: string) => form.fields.get(name)?.[0] ?? "";
  const ask = parseTokenAsk(new Map([...form.fields, ["service", [value("audience")]]]));
  if (!ask.ok) return sendProblem(response, badRequest(ask.problem));
  const outcome = await issueToken({
    ask: ask.ask,
    showing: { kind: "issuer-token", token: value("subject_token"), principal: value("principal") || null },
    offline: value("access_type") === "offline",
    ...readSender(request),
  });
  if (outcome.kind !== "issued") return sendProblem(response, prepareRefusal(outcome));
  const answer = {
    access_token: outcome.token,
    issued_token_type: jwtType,
    token_type: "Bearer",
    expires_in: outcome.expiresInSeconds,
    scope: outcome.access.map(formatScope).join(" "),
    ...(outcome.refreshToken === null ? {} : { refresh_token: outcome.refreshToken }),
  };
  sendJson(response, 200, JSON.stringify(answer));
}

function findProblem(fields: ReadonlyMap<string, string[]>): TokenProblem | null {
  for (const [name, values] of fields)
    if (name !== "scope" && values.length > 1)
      return badRequest(`The parameter ${name} is there more than once.`);
  const value = (name: string) => fields.get(name)?.[0] ?? "";
  const { grant_type, subject_token_type, requested_token_type } = tokenExchangeForm.shape;
  if (!grant_type.safeParse(value("grant_type")).success)
    return { ...badRequest(`grant_type is ${grant_type.value}.`), error: "unsupported_grant_type" };
  if (value("subject_token") === "") return badRequest("subject_token is missing.");
  if (!subject_token_type.safeParse(value("subject_token_type")).success)
    return badRequest(`subject_token_type is ${jwtType}, or that of an id_token or access_token.`);
  if (value("audience") === "") return badRequest("audience is missing: the registry's short name.");
  if (!requested_token_type.safeParse(fields.get("requested_token_type")?.[0]).success)
    return badRequest(`Only a ${jwtType} is given.`);
  return null;
}
