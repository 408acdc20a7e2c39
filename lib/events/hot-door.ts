import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { parseEnvelope } from "#lib/events/parse-envelope";
import { findNotifyingRegistry, ingestNotices } from "#lib/events/service";
import { HttpError, UnauthenticatedError } from "#lib/http/errors";
import type { HotDoor } from "#lib/http/hot-door";
import { ConnectionLostError, readBody } from "#lib/http/read-body";
import { sendProblem } from "#lib/http/send-problem";

const limitBytes = 4 * 1024 * 1024;
const countSchema = z.number().int().nonnegative();

/**
 * Where registries send their notifications. The secret names the registry. Whoever holds it gets 202 also for what
 * cannot be read, because a registry repeats whatever is refused and lets everything behind it wait.
 */
export const ingestDistribution: HotDoor = {
  definition: {
    method: "POST",
    path: "/api/ingest/distribution",
    summary: "Notifications of a distribution registry; Authorization: Bearer with the registry's own secret",
    access: "public",
    body: z.looseObject({ events: z.array(z.looseObject({})) }),
    bodyLimitBytes: limitBytes,
    response: z.strictObject({
      accepted: countSchema,
      duplicate: countSchema,
      ignored: countSchema,
      unreadable: countSchema,
    }),
    status: 202,
    errors: [401, 413, 503],
  },
  handle,
};

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const receivedAt = new Date();
  try {
    const secret = readBearer(request.headers.authorization);
    const registryId = secret === null ? null : await findNotifyingRegistry(secret);
    if (registryId === null)
      throw new UnauthenticatedError("Send the ingest secret of a registry as a bearer token.");
    const body = await readBody(request, limitBytes);
    if (!body.ok && body.reason === "too-large")
      throw new HttpError(413, "body-too-large", `A notification has at most ${limitBytes} bytes.`, [
        { field: "body", message: `At most ${limitBytes} bytes.` },
      ]);
    const envelope = body.ok
      ? parseEnvelope(body.text, receivedAt)
      : { notices: [], ignored: 0, unreadable: 1 };
    const result = await ingestNotices(registryId, envelope, receivedAt);
    response.setHeader("content-type", "application/json").setHeader("cache-control", "no-store");
    response.writeHead(202).end(JSON.stringify(result));
  } catch (error) {
    await refuse(request, response, error);
  }
}

function readBearer(header: string | undefined): string | null {
  const match = header === undefined ? null : /^Bearer ([\x21-\x7e]{1,500})$/i.exec(header);
  return match?.[1] ?? null;
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
