import type { ServerResponse } from "node:http";
import { errorResponse } from "#lib/http/error-response";

/** Answers outside of Next, with the same table of errors. */
export async function sendProblem(response: ServerResponse, error: unknown): Promise<void> {
  const problem = errorResponse(error, crypto.randomUUID());
  for (const [name, value] of problem.headers) response.setHeader(name, value);
  response.writeHead(problem.status).end(await problem.text());
}
