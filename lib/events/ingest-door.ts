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
  let leave = () => {};
  try {
    const secret = readSecret(request.headers.authorization);
    const source = secret === null ? null : await findSource(of.kind, secret);
    if (source === null)
      throw new UnauthenticatedError("Send the secret of a source as a bearer token, or as basic password.");
    const room = enter(request, of.limitBytes);
    if (room === null) {
      await drain(request);
      throw new HttpError(503, "busy", "More comes than can be kept. Send it again in a moment.", [], {
        "retry-after": "1",
      });
    }
    leave = room;
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
  } finally {
    leave();
  }
}

/** Bodies that are read or wait to be kept: what is beyond has to be sent again. */
const maxBytesUnderWay = 64 * 1024 * 1024;
/** What a delivery takes besides its body. */
const bytesOfDelivery = 16 * 1024;
let bytesUnderWay = 0;

/** Makes room for a body, as large as it may become; returns what gives the room back, or null where there is none. */
function enter(request: IncomingMessage, limitBytes: number): (() => void) | null {
  const announced = Number(request.headers["content-length"] ?? Number.NaN);
  const isPlain = (request.headers["content-encoding"] ?? "identity").toLowerCase() === "identity";
  const bytes = bytesOfDelivery + (isPlain && announced < limitBytes ? announced : limitBytes);
  if (bytesUnderWay > 0 && bytesUnderWay + bytes > maxBytesUnderWay) return null;
  bytesUnderWay += bytes;
  return () => {
    bytesUnderWay -= bytes;
  };
}

const patienceMs = 10_000;

/** Throws a body away: who is cut off while sending would not get to read the answer. */
function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs).unref();
    request.once("close", resolve).once("error", () => resolve());
    request.once("end", () => {
      clearTimeout(timer);
      resolve();
    });
    request.resume();
  });
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
