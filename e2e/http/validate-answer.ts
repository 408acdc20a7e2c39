import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { readJson, sendRequest, type TestAnswer } from "./send-request.ts";

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
export interface OpenApiDocument {
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
}

/** Checks answers against the document that the console itself publishes. */
export class AnswerValidator {
  readonly document: OpenApiDocument;
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    this.document = document;
    this.ajv.addSchema(document, "openapi");
  }

  /** What is wrong with the answer, in sentences; empty when it is as documented. */
  listProblems(method: string, path: string, answer: TestAnswer): string[] {
    const at = `${method} ${path} ${answer.status}`;
    const operation = this.document.paths[path]?.[method.toLowerCase()];
    if (!operation) return [`${at}: this operation is not in the document.`];
    const response = operation.responses[String(answer.status)];
    if (!response) return [`${at}: this status is not in the document. ${answer.text.slice(0, 300)}`];
    const mediaType = (answer.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
    if (!response.content)
      return answer.text === ""
        ? []
        : [`${at}: the document knows no body, but there is one (${mediaType}).`];
    if (!response.content[mediaType])
      return [`${at}: the media type ${mediaType || "(none)"} is not in the document.`];
    if (mediaType !== "application/json" && !mediaType.endsWith("+json")) return [];
    const validate = this.compile(method, path, String(answer.status), mediaType);
    if (validate(JSON.parse(answer.text))) return [];
    return (validate.errors ?? [])
      .slice(0, 5)
      .map((error) => `${at}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  }

  private compile(method: string, path: string, status: string, mediaType: string): ValidateFunction {
    const steps = ["paths", path, method.toLowerCase(), "responses", status, "content", mediaType, "schema"];
    const pointer = steps
      .map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const reference = `openapi#/${pointer}`;
    const known = this.compiled.get(reference);
    if (known) return known;
    const made = this.ajv.compile({ $ref: reference });
    this.compiled.set(reference, made);
    return made;
  }
}

export async function createAnswerValidator(console: ConsoleUnderTest): Promise<AnswerValidator> {
  const answer = await sendRequest(console, { path: "/api/openapi.json" });
  if (answer.status !== 200) throw new Error(`GET /api/openapi.json answers ${answer.status}.`);
  return new AnswerValidator(readJson(answer) as unknown as OpenApiDocument);
}
