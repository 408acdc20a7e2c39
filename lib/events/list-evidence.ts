import { db } from "#lib/db/client";
import { type EvidenceOf, listEvidenceRows } from "#lib/events/store-evidence";

const shown = 60;
const slackMs = 15 * 60_000;

/** The newest of what sources told about one failed pull and its client, exactly as they told it. */
export async function listEvidence(registryId: number, of: EvidenceOf) {
  const rows = await listEvidenceRows(
    db(),
    registryId,
    { ...of, from: new Date(of.from.getTime() - slackMs), to: new Date(of.to.getTime() + slackMs) },
    shown,
  );
  return rows.map(({ at, lastAt, receivedAt, ...row }) => ({
    ...row,
    at: at.toISOString(),
    lastAt: lastAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
  }));
}
