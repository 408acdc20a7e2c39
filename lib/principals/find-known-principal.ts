import type { Context } from "#lib/auth/context";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { parsePrincipalReference } from "#lib/principals/rules";
import { findPrincipalByName } from "#lib/principals/store";

/** The principal that a registry names `robot:ci`, if it is one of ours and the reader may see principals. */
export async function findKnownPrincipal(
  ctx: Context,
  reference: string,
): Promise<{ id: string; name: string; reference: string } | null> {
  if (!isPermittedSomewhere(ctx.principal, "access.read")) return null;
  const parsed = parsePrincipalReference(reference);
  if (parsed?.by !== "name") return null;
  const row = await findPrincipalByName(db(), parsed.kind, parsed.name);
  return row === null || row.deletedAt !== null ? null : { id: row.id, name: parsed.name, reference };
}
