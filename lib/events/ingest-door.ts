import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import { findSource, ingestSignals } from "#lib/events/ingest-service";
import type { KnownSource } from "#lib/events/known-source";
import { ingestResultSchema, type SourceKind } from "#lib/events/schema";
import type { SignalParse } from "#lib/events/signal";
import { HttpError, UnauthenticatedError } from "#lib/http/errors";
import type { HotDoor } from "#lib/http/hot-door";
import { ConnectionLostError, readBody } from "#lib/http/read-body";
import { sendProblem } from "#lib/http/send-problem";

export interface IngestKind {
  kind: SourceKind;
  path: string;
  summary: string;
  limitBytes: number;
  body: z.ZodType;
  parse(text: string, request: IncomingMessage, receivedAt: Date, source: KnownSource): SignalParse;
}

/**
 * A door where sources send what they have to tell. The secret names source and registry. Whoever holds it gets 202
 * also for what cannot be read, because a registry repeats whatever is refused and lets everything behind it wait.
 */
export function createIngestDoor(of: IngestKind): HotDoor {
  return {
    definition: {
      method: "POST",
      path: of.path,
      summary: of.summary,
      access: "public",
      body: of.body,
      bodyLimitBytes: of.limitBytes,
      response: ingestResultSchema,
      status: 202,
      errors: [401, 413, 503],
    },
    handle: (request, response) => handle(of, request, response),
  };
}

async function handle(of: IngestKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const receivedAt = new Date();
  try {
    const secret = readSecret(request.headers.authorization);
    const source = secret === null ? null : await findSource(of.kind, secret);
    if (source === null)
      throw new UnauthenticatedError("Send the secret of a source as a bearer token, or as basic password.");
    const body = await readBody(request, of.limitBytes);
    if (!body.ok && body.reason === "too-large")
      throw new HttpError(413, "body-too-large", `A delivery has at most ${of.limitBytes} bytes.`, [
        { field: "body", message: `At most ${of.limitBytes} bytes.` },
      ]);
    const parse = body.ok
      ? of.parse(body.text, request, receivedAt, source)
      : { signals: [], ignored: 0, unreadable: 1 };
    const result = await ingestSignals(source, parse, receivedAt, body.ok ? body.text : "");
    response.setHeader("content-type", "application/json").setHeader("cache-control", "no-store");
    response.writeHead(202).end(JSON.stringify(result));
  } catch (error) {
    await refuse(request, response, error);
  }
}

/** Bearer, or the password of a basic login: some senders know only that. */
function readSecret(header: string | undefined): string | null {
  if (header === undefined) return null;
  const bearer = /^Bearer ([\x21-\x7e]{1,500})$/i.exec(header)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(header)?.[1];
  if (basic === undefined) return null;
  const password = /^[^:]*:([\x21-\x7e]{1,500})$/.exec(Buffer.from(basic, "base64").toString("latin1"))?.[1];
  return password ?? null;
}

const drainMs = 2_000;

/** What a refused sender still sends is thrown away for a moment, so that it gets to read the answer. */
async function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (error instanceof ConnectionLostError) {
    response.destroy();
    return;
  }
  if (!request.complete) response.setHeader("connection", "close");
  await sendProblem(response, error);
  if (request.complete) return;
  request.on("error", () => undefined).resume();
  setTimeout(() => request.destroy(), drainMs).unref();
}
