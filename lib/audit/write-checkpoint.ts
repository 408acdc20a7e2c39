import { appendFile } from "node:fs/promises";
import { formatCheckpoint } from "#lib/audit/checkpoint";
import { findCheckpointFile } from "#lib/audit/checkpoint-file";
import { checkpointPlaces } from "#lib/audit/schema";
import { findChainHead } from "#lib/audit/store-chain";
import { saveLastCheckpoint } from "#lib/audit/store-chain-watch";
import { db } from "#lib/db/client";
import { enqueue } from "#lib/jobs/service";
import { log } from "#lib/log/log";
import { readAuditWebhookSettings } from "#lib/settings/audit-webhook-settings";

const everyMs = 60_000;
// With the pauses that the queue makes between them, attempts go on for most of a day.
const mostAttempts = 12;
let lookedAtMs = 0;
let lastSeq = 0n;

/**
 * Once a minute, when the audit has grown: a signed statement of its last link leaves the database for a file in the
 * home folder, for the log, and for a webhook where one is set, so that who owns the database cannot write the chain
 * anew unseen.
 */
export async function writeAuditCheckpoint(now: Date, home: string | null): Promise<void> {
  if (now.getTime() - lookedAtMs < everyMs) return;
  const head = await findChainHead(db());
  lookedAtMs = now.getTime();
  if (head === null || head.seq === lastSeq) return;
  const hash = Buffer.from(head.hash).toString("hex");
  const line = formatCheckpoint({ seq: head.seq, hash, at: now });
  if (home !== null) await appendFile(findCheckpointFile(home), `${line}\n`, { mode: 0o600 });
  log.info({ checkpoint: line }, "audit checkpoint");
  const hasWebhook = readAuditWebhookSettings(process.env).settings !== null;
  await db().$transaction(async (tx) => {
    if (hasWebhook)
      await enqueue(
        tx,
        "audit.deliver-checkpoint",
        { line },
        { queueName: "audit.webhook", maxAttempts: mostAttempts },
      );
    await saveLastCheckpoint(tx, {
      at: now,
      places: checkpointPlaces.filter(
        (place) => place === "log" || (place === "file" ? home !== null : hasWebhook),
      ),
    });
  });
  lastSeq = head.seq;
}
