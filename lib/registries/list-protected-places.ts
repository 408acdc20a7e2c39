import { db } from "#lib/db/client";
import { listProtectedRows } from "#lib/registries/store";

/** The protected patterns of connected registries, of one or of all. */
export async function listProtectedPlaces(
  registryId: number | null,
): Promise<{ registryId: number; pattern: string }[]> {
  const rows = await listProtectedRows(db(), registryId);
  return rows.flatMap(({ id, protectedPatterns }) =>
    protectedPatterns.map((pattern) => ({ registryId: id, pattern })),
  );
}
