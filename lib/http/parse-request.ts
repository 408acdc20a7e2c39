import type { ZodError, ZodType } from "zod";
import { describeIssue } from "#lib/http/describe-issue";
import { type FieldProblem, HttpError } from "#lib/http/errors";

const defaultBodyLimitBytes = 1024 * 1024;

/** Query parameters as an object; a repeated one becomes an array, so a schema for one value refuses it. */
export function readQuery(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const key of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(key);
    query[key] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return query;
}

/** Reads a JSON body with a size cap. 415 for another content type, 413 when too large, 400 when it is no JSON. */
export async function readJsonBody(request: Request, limitBytes = defaultBodyLimitBytes): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  // A request without any body asks for the defaults; a schema with required fields still names them.
  if (
    type === undefined &&
    Number(request.headers.get("content-length") ?? 0) === 0 &&
    !request.headers.has("transfer-encoding")
  )
    return {};
  if (type !== "application/json")
    throw new HttpError(415, "unsupported-media-type", "Send the body as application/json.");
  const text = await readTextBody(request, limitBytes);
  try {
    return JSON.parse(text, refusePrototypeKeys);
  } catch {
    throw new HttpError(400, "malformed-body", "The body is not valid JSON.", [
      { field: "body", message: "The body is not valid JSON." },
    ]);
  }
}

function refusePrototypeKeys(key: string, value: unknown): unknown {
  if (key === "__proto__" || key === "constructor") throw new SyntaxError("forbidden key");
  return value;
}

/** Reads a body as text with a size cap; 413 when it is larger, whatever its length says. */
export async function readTextBody(request: Request, limitBytes: number): Promise<string> {
  const tooLarge = () =>
    new HttpError(413, "body-too-large", `The body is larger than ${limitBytes} bytes.`, [
      { field: "body", message: `At most ${limitBytes} bytes.` },
    ]);
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > limitBytes) throw tooLarge();
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.byteLength;
    if (total > limitBytes) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  return new TextDecoder("utf-8").decode(Buffer.concat(chunks));
}

/** Parses with the schema, or throws 400 (parameters) or 422 (body) that names each field. */
export function parseWith(schema: ZodType, value: unknown, where: "path" | "query" | "body"): unknown {
  const result = schema.safeParse(value, { error: describeIssue });
  if (result.success) return result.data;
  const fields = listProblems(result.error, where);
  const status = where === "body" ? 422 : 400;
  const names = fields.map((problem) => problem.field).join(", ");
  throw new HttpError(status, "invalid", `Check ${names}: ${fields[0]?.message ?? "not valid"}`, fields);
}

function listProblems(error: ZodError, where: string): FieldProblem[] {
  return error.issues.slice(0, 20).flatMap((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.slice(0, 20).map((key) => ({
        field: (path ? `${path}.${key}` : key).slice(0, 200),
        message: "This field is not known here.",
      }));
    return [{ field: (path || where).slice(0, 200), message: issue.message }];
  });
}
