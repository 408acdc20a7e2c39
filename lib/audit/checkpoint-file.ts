import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Checkpoint, readCheckpoint } from "#lib/audit/checkpoint";
import { readMasterKeys } from "#lib/secrets/master-key";

export interface CheckpointFile {
  checkpoints: Checkpoint[];
  /** Numbers of lines that are no checkpoint of ours, or were changed. */
  broken: number[];
  /** Lines signed under a master key that was not given. */
  unknownKeys: { line: number; keyId: string }[];
}

/** Where checkpoints are kept: on the machine, not in the database. */
export function findCheckpointFile(home: string): string {
  return join(home, "audit-checkpoints.ndjson");
}

/**
 * Reads the checkpoints of a file, or with `lastBytes` those at its end; there lines are counted from where reading
 * began. A file that is not there holds none.
 */
export async function readCheckpoints(
  path: string,
  lastBytes = Number.POSITIVE_INFINITY,
): Promise<CheckpointFile> {
  const file: CheckpointFile = { checkpoints: [], broken: [], unknownKeys: [] };
  const size = await findSize(path);
  if (size === 0) return file;
  const start = Math.max(0, size - lastBytes);
  const keys = readMasterKeys(process.env);
  // What is appended meanwhile is left for the next time: it could be half a line.
  const input = createReadStream(path, { start, end: size - 1 });
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    const isCut = start > 0 && number === 1;
    if (isCut || line.trim() === "") continue;
    const reading = readCheckpoint(line, keys);
    if (reading.kind === "good") file.checkpoints.push(reading.checkpoint);
    else if (reading.kind === "broken") file.broken.push(number);
    else file.unknownKeys.push({ line: number, keyId: reading.keyId });
  }
  return file;
}

async function findSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
