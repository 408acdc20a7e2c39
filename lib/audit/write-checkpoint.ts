import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { formatCheckpoint } from "#lib/audit/checkpoint";
import { findChainHead } from "#lib/audit/store-chain";
import { db } from "#lib/db/client";
import { log } from "#lib/log/log";

const everyMs = 60_000;
let lookedAtMs = 0;
let lastSeq = 0n;

/** Where checkpoints are kept: on the machine, not in the database. */
export function findCheckpointFile(home: string): string {
  return join(home, "audit-checkpoints.ndjson");
}

/**
 * Once a minute, when the audit has grown: a signed statement of its last link leaves the database for a file and for
 * the log, so that who owns the database cannot write the chain anew unseen.
 */
export async function writeAuditCheckpoint(now: Date): Promise<void> {
  if (now.getTime() - lookedAtMs < everyMs) return;
  const head = await findChainHead(db());
  lookedAtMs = now.getTime();
  if (head === null || head.seq === lastSeq) return;
  const hash = Buffer.from(head.hash).toString("hex");
  const line = formatCheckpoint({ seq: head.seq, hash, at: now });
  await appendFile(findCheckpointFile(process.env.WHARFINGER_HOME ?? ".wharfinger"), `${line}\n`, {
    mode: 0o600,
  });
  log.info({ checkpoint: line }, "audit checkpoint");
  lastSeq = head.seq;
}
