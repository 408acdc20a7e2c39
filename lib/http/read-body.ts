import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const inflate = promisify(gunzip);
/** What one byte of gzip may grow to: more than any real notification, far less than a bomb. */
const maxRatio = 100;

export type BodyRead = { ok: true; text: string } | { ok: false; reason: "too-large" | "unreadable" };

/** Reads a request's body up to a limit, unpacked as well. Nothing beyond the limit is taken into memory. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyRead> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) return { ok: false, reason: "too-large" };
  const bytes = await collect(request, limitBytes);
  if (bytes === null) return { ok: false, reason: "too-large" };
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity") return { ok: true, text: bytes.toString("utf8") };
  if (encoding !== "gzip") return { ok: false, reason: "unreadable" };
  try {
    const maxOutputLength = Math.min(limitBytes, bytes.byteLength * maxRatio + 1024);
    return { ok: true, text: (await inflate(bytes, { maxOutputLength })).toString("utf8") };
  } catch {
    return { ok: false, reason: "unreadable" };
  }
}

/** Null as soon as there is more than the limit. The connection stays usable, so that it can be answered. */
function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    const finish = () => {
      request.off("data", onData).off("end", onEnd).off("error", onLoss).off("close", onLoss);
    };
    const onData = (chunk: Buffer) => {
      total += chunk.byteLength;
      if (total <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      finish();
      request.pause();
      resolve(null);
    };
    const onEnd = () => {
      finish();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const onLoss = () => {
      finish();
      reject(new ConnectionLostError("The sender went away."));
    };
    request.on("data", onData).on("end", onEnd).on("error", onLoss).on("close", onLoss);
  });
}

/** Nobody is left to be answered. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}
