import type { Context } from "#lib/auth/context";
import type { Tx } from "#lib/db/client";
import { InvalidError } from "#lib/http/errors";
import { parsePrincipalReference } from "#lib/principals/rules";
import { groupNameSchema, type PrincipalKind } from "#lib/principals/schema";
import { findPrincipalById, findPrincipalByName, findUserOf, putPrincipal } from "#lib/principals/store";

export interface ResolvedPrincipal {
  id: string;
  kind: PrincipalKind;
  name: string;
}

/**
 * Who a reference in a body names. People and groups need no preparation: their row is made here on demand, in the
 * caller's transaction. What signs in by itself must be there.
 */
export async function resolvePrincipal(
  tx: Tx,
  ctx: Context,
  text: string,
  field = "principal",
): Promise<ResolvedPrincipal> {
  const found = await findPrincipalOf(tx, text, (principal) =>
    putPrincipal(tx, { ...principal, createdAt: ctx.now, createdBy: ctx.principal.name }),
  );
  if (typeof found === "string") throw new InvalidError(field, found);
  return found;
}

/** As resolvePrincipal, for reading: somebody who has no row yet has the id null, and holds nothing of their own. */
export async function findPrincipalNamed(
  tx: Tx,
  text: string,
  field = "principal",
): Promise<Omit<ResolvedPrincipal, "id"> & { id: string | null }> {
  const found = await findPrincipalOf(tx, text, async ({ kind, name }) => {
    const row = await findPrincipalByName(tx, kind, name);
    return row && row.deletedAt === null ? row : { id: null, kind, name };
  });
  if (typeof found === "string") throw new InvalidError(field, found);
  return found;
}

/** A sentence when there is nobody of that name. */
async function findPrincipalOf<I extends string | null>(
  tx: Tx,
  text: string,
  put: (principal: {
    kind: "user" | "group";
    name: string;
    userId: string | null;
  }) => Promise<{ id: I; kind: string; name: string }>,
): Promise<{ id: I | string; kind: PrincipalKind; name: string } | string> {
  const reference = parsePrincipalReference(text);
  if (!reference) return "Name it as robot:…, workload:…, user:… or group:…, or write everyone or signed-in.";
  if (reference.by === "name" && reference.kind === "group") {
    const name = groupNameSchema.safeParse(reference.name);
    if (!name.success) return name.error.issues[0]?.message ?? "This is not the name of a group.";
    return toResolved(await put({ kind: "group", name: name.data, userId: null }));
  }
  if (reference.by === "name" && reference.kind === "user") {
    const user = await findUserOf(tx, { login: reference.name });
    if (!user) return `There is no account ${reference.name}.`;
    return toResolved(await put({ kind: "user", name: user.login, userId: user.id }));
  }
  const row =
    reference.by === "id"
      ? await findPrincipalById(tx, reference.id)
      : await findPrincipalByName(tx, reference.by === "name" ? reference.kind : "built-in", reference.name);
  if (!row || row.deletedAt !== null)
    return `There is nobody named ${text.slice(0, 100)} here. Make it first.`;
  if (row.kind === "built-in" && row.name === "console")
    return "The console reaches registries by itself and is given nothing.";
  return toResolved(row);
}

function toResolved<I>(row: { id: I; kind: string; name: string }) {
  return { id: row.id, kind: row.kind as PrincipalKind, name: row.name };
}
