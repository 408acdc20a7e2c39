import { Agent, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import type { ConsoleUnderTest } from "./console-under-test.ts";

export interface TestRequest {
  method?: string;
  /** Sent as it is: nothing is normalised or encoded. */
  path: string;
  headers?: OutgoingHttpHeaders;
  /** An object goes as JSON; a text or bytes go as they are. */
  body?: unknown;
}

export interface TestAnswer {
  status: number;
  headers: Record<string, string>;
  /** Each Set-Cookie line. */
  cookies: string[];
  text: string;
  ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 128 });

/** One request without any client in between that would tidy it up. */
export function sendRequest(console: Pick<ConsoleUnderTest, "url">, input: TestRequest): Promise<TestAnswer> {
  const base = new URL(console.url);
  const headers: OutgoingHttpHeaders = { ...input.headers };
  let body: string | Buffer | undefined;
  if (typeof input.body === "string" || Buffer.isBuffer(input.body)) body = input.body;
  else if (input.body !== undefined) {
    body = JSON.stringify(input.body);
    headers["content-type"] ??= "application/json";
  }
  if (body !== undefined) headers["content-length"] ??= Buffer.byteLength(body);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        agent,
        host: base.hostname,
        port: base.port,
        method: input.method ?? "GET",
        path: input.path,
        headers,
        timeout: 60_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [
                name,
                Array.isArray(value) ? value.join(", ") : (value ?? ""),
              ]),
            ),
            cookies: response.headers["set-cookie"] ?? [],
            text: Buffer.concat(chunks).toString("utf8"),
            ms: performance.now() - startedAt,
          }),
        );
      },
    );
    request.on("timeout", () =>
      request.destroy(new Error(`No answer in 60 s: ${input.method} ${input.path}`)),
    );
    request.on("error", reject);
    request.end(body);
  });
}

export function readJson(answer: TestAnswer): Record<string, unknown> {
  return JSON.parse(answer.text) as Record<string, unknown>;
}

/** Query parameters, encoded, with the question mark. */
export function formatQuery(query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
