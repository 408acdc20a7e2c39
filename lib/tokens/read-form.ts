import type { IncomingMessage } from "node:http";
import { readBody } from "#lib/http/read-body";
import { badRequest, type TokenProblem } from "#lib/tokens/token-answer";
import { parseFormFields } from "#lib/tokens/token-request";

export const formLimitBytes = 64 * 1024;

export type FormRead = { ok: true; fields: Map<string, string[]> } | { ok: false; problem: TokenProblem };

/** The fields of a form that was sent as a body. */
export async function readForm(request: IncomingMessage): Promise<FormRead> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    return {
      ok: false,
      problem: { ...badRequest("Send a form: application/x-www-form-urlencoded."), status: 415 },
    };
  const body = await readBody(request, formLimitBytes);
  if (!body.ok)
    return body.reason === "too-large"
      ? { ok: false, problem: { ...badRequest(`A form has at most ${formLimitBytes} bytes.`), status: 413 } }
      : { ok: false, problem: badRequest("The form cannot be read.") };
  const fields = parseFormFields(body.text);
  return fields.ok ? fields : { ok: false, problem: badRequest(fields.problem) };
}
