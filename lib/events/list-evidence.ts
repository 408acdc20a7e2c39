import { db } from "#lib/db/client";
import { type EvidenceOf, type EvidenceRow, listEvidenceRows } from "#lib/events/store-evidence";
import { mostEvidence } from "#lib/failures/schema-incidents";

const slackMs = 15 * 60_000;

/**
 * The newest of what sources told about one failed pull and its client, exactly as they told it. What failed and what
 * went well beside it are asked for apart: a client that pulls well all day would leave no place for what failed.
 */
export async function listEvidence(registryId: number, of: EvidenceOf) {
  const asked = {
    ...of,
    from: new Date(of.from.getTime() - slackMs),
    to: new Date(of.to.getTime() + slackMs),
  };
  const parts = await Promise.all(
    [false, true].map((isOrdinary) =>
      listEvidenceRows(db(), registryId, { ...asked, isOrdinary }, mostEvidence),
    ),
  );
  return parts
    .flat()
    .sort(newestFirst)
    .map(({ at, lastAt, receivedAt, ...row }) => ({
      ...row,
      at: at.toISOString(),
      lastAt: lastAt.toISOString(),
      receivedAt: receivedAt.toISOString(),
    }));
}

function newestFirst(one: EvidenceRow, other: EvidenceRow): number {
  return other.at.getTime() - one.at.getTime() || (BigInt(other.id) > BigInt(one.id) ? 1 : -1);
}
