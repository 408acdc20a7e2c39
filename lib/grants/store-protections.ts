import type { Tx } from "#lib/db/client";

export async function writeProtectedPatterns(
  tx: Tx,
  registryId: number,
  patterns: readonly string[],
): Promise<void> {
  await tx.registry.update({
    where: { id: registryId },
    data: { protectedPatterns: [...patterns] },
    select: { id: true },
  });
}

export async function listPushers(tx: Tx, registryId: number) {
  return tx.protectionPusher.findMany({
    where: { registryId, principal: { deletedAt: null } },
    select: { pattern: true, principal: { select: { id: true, kind: true, name: true } } },
    orderBy: { principal: { name: "asc" } },
  });
}

/** Takes away who is named no more, and adds who is new: what stays is not touched. */
export async function replacePushers(
  tx: Tx,
  registryId: number,
  wanted: readonly { pattern: string; principalId: string }[],
  by: { createdAt: Date; createdBy: string },
): Promise<void> {
  const keyOf = (row: { pattern: string; principalId: string }) => `${row.principalId} ${row.pattern}`;
  const keys = new Set(wanted.map(keyOf));
  const present = await tx.protectionPusher.findMany({ where: { registryId } });
  for (const { pattern, principalId } of present)
    if (!keys.has(keyOf({ pattern, principalId })))
      await tx.protectionPusher.delete({
        where: { registryId_pattern_principalId: { registryId, pattern, principalId } },
      });
  const known = new Set(present.map(keyOf));
  const added = wanted.filter((row) => !known.has(keyOf(row)));
  await tx.protectionPusher.createMany({
    data: added.map((row) => ({ registryId, ...row, ...by })),
    skipDuplicates: true,
  });
}

/** Who may push to a pattern that is protected no more is not remembered for the day it is again. */
export async function deletePushersBeside(
  tx: Tx,
  registryId: number,
  patterns: readonly string[],
): Promise<void> {
  await tx.protectionPusher.deleteMany({ where: { registryId, pattern: { notIn: [...patterns] } } });
}
