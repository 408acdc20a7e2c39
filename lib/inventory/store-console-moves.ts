import type { Tx } from "#lib/db/client";
import { observeTags, refreshTags } from "#lib/inventory/store-apply-tags";

export interface ConsoleMove {
  repositoryId: number;
  tag: string;
  /** Null: the tag was deleted. */
  digest: string | null;
  at: Date;
  actor: string;
  /** Where the tag stood just before, asked of the registry at that time: kept when nobody saw that move. */
  from?: { digest: string; at: Date } | null;
}

/**
 * Records a move that the console made, and lets the tag row follow. It comes after every move known of the tag,
 * also after one that a registry told with a clock ahead of ours.
 */
export async function insertConsoleMove(tx: Tx, move: ConsoleMove): Promise<void> {
  if (move.from) await observeTags(tx, [{ repositoryId: move.repositoryId, name: move.tag, ...move.from }]);
  await tx.$executeRaw`
    INSERT INTO tag_move (repository_id, tag_name, digest, at, at_seen, actor, source)
    SELECT ${move.repositoryId}, ${move.tag}, ${move.digest},
      greatest(${move.at}::timestamptz, (SELECT max(m.at) + interval '1 millisecond' FROM tag_move m
        WHERE m.repository_id = ${move.repositoryId} AND m.tag_name = ${move.tag})),
      false, ${move.actor}, 'console'`;
  await refreshTags(tx, [{ repositoryId: move.repositoryId, name: move.tag }]);
}
