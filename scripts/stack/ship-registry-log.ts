import { createHash } from "node:crypto";
import { open, readFile, rename, stat, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const everyMs = 400;
const chunkBytes = 512 * 1024;

interface Position {
  /** Raised each time the file began anew. */
  generation: number;
  offset: number;
}

/** The secret of the source, made from the one that the registry's notifications have. */
export function deriveLogSecret(ingestSecret: string): string {
  return createHash("sha256").update(`registry-logs:${ingestSecret}`).digest("base64url");
}

/**
 * Sends what the registry writes to the console, as any log shipper would: whole lines with their place in the file,
 * again and again until the console has taken them. The place is kept, so that a restart goes on where it was. Runs as
 * long as the process does, and keeps it from ending no longer than one request.
 */
export async function shipRegistryLog({
  logFile,
  stateFile,
  url,
  secret,
}: {
  logFile: string;
  stateFile: string;
  url: string;
  secret: string;
}): Promise<never> {
  let position = await readPosition(stateFile);
  for (;;) {
    const chunk = await readChunk(logFile, position).catch(() => null);
    const isTaken = chunk !== null && (chunk.lines.length === 0 || (await send(url, secret, chunk.lines)));
    if (chunk !== null && isTaken) {
      const hasMoved = chunk.next.offset !== position.offset || chunk.next.generation !== position.generation;
      position = chunk.next;
      if (hasMoved) await writePosition(stateFile, position).catch(() => {});
      if (chunk.lines.length > 0) continue;
    }
    await delay(everyMs, undefined, { ref: false });
  }
}

interface ShippedLine {
  log: string;
  path: string;
  offset: number;
}

async function readChunk(
  logFile: string,
  position: Position,
): Promise<{ lines: ShippedLine[]; next: Position }> {
  const { size } = await stat(logFile);
  const at = size < position.offset ? { generation: position.generation + 1, offset: 0 } : position;
  const file = await open(logFile, "r");
  try {
    const buffer = Buffer.alloc(Math.min(chunkBytes, size - at.offset));
    const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, at.offset);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    const lines: ShippedLine[] = [];
    let begin = 0;
    while (begin < end) {
      const stop = buffer.indexOf(0x0a, begin);
      const log = buffer.toString("utf8", begin, stop);
      if (log.trim() !== "")
        lines.push({ log, path: `registry.log#${at.generation}`, offset: at.offset + begin });
      begin = stop + 1;
    }
    // A line that is longer than a chunk is no line of a registry.
    const skipped = end === 0 && bytesRead === chunkBytes ? chunkBytes : end;
    return { lines, next: { ...at, offset: at.offset + skipped } };
  } finally {
    await file.close();
  }
}

async function send(url: string, secret: string, lines: readonly ShippedLine[]): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/x-ndjson" },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      signal: AbortSignal.timeout(20_000),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function readPosition(stateFile: string): Promise<Position> {
  try {
    const { generation, offset } = JSON.parse(await readFile(stateFile, "utf8")) as Partial<Position>;
    return { generation: Number(generation) || 0, offset: Number(offset) || 0 };
  } catch {
    return { generation: 0, offset: 0 };
  }
}

async function writePosition(stateFile: string, position: Position): Promise<void> {
  await writeFile(`${stateFile}.new`, JSON.stringify(position));
  await rename(`${stateFile}.new`, stateFile);
}
