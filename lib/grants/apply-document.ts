import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import type { Tx } from "#lib/db/client";
import type { DocumentGrant, DocumentPrincipal } from "#lib/grants/parse-document";
import type { PlannedChange } from "#lib/grants/plan-document";
import type { AccessGrant } from "#lib/grants/schema";
import { changeGrantIn, createGrantIn, revokeGrantIn } from "#lib/grants/service";
import { writeProtectionsIn } from "#lib/grants/service-protections";
import { findGrant, type GrantRegistryRow, type GrantRow } from "#lib/grants/store";
import { ConflictError } from "#lib/http/errors";
import { type ResolvedPrincipal, resolvePrincipal } from "#lib/principals/resolve-principal";
import {
  changePrincipalIn,
  createPrincipalIn,
  deletePrincipalIn,
  openPrincipalIn,
} from "#lib/principals/service";

/** Does what was planned, in the transaction in which it was planned. */
export async function applyDocument(
  tx: Tx,
  ctx: Context,
  changes: readonly PlannedChange[],
  registries: readonly GrantRegistryRow[],
): Promise<void> {
  const bySlug = new Map(registries.map((row) => [row.slug, row]));
  const resolved = new Map<string, ResolvedPrincipal>();
  const resolve = async (reference: string) => {
    const found = resolved.get(reference) ?? (await resolvePrincipal(tx, ctx, reference, "document"));
    resolved.set(reference, found);
    return found;
  };
  // Who is new has to be there before something is given to them.
  const order: PlannedChange["do"][] = [
    "create-principal",
    "change-principal",
    "revoke-grant",
    "change-grant",
    "create-grant",
    "protect",
    "delete-principal",
  ];
  const byKind = Map.groupBy(changes, (change) => change.do);
  for (const change of order.flatMap((kind) => byKind.get(kind) ?? [])) await apply(change);
  if (changes.length > 0)
    await recordAudit(tx, ctx, {
      action: "grants.import",
      target: "document",
      after: Object.fromEntries([...byKind].map(([kind, list]) => [kind, list.length])),
    });

  async function apply(change: PlannedChange): Promise<void> {
    switch (change.do) {
      case "create-principal":
        return createNamed(tx, ctx, change.principal);
      case "change-principal":
        return changePrincipalIn(
          tx,
          ctx,
          await openPrincipalIn(tx, ctx, change.id),
          changesOf(change.principal),
        );
      case "delete-principal":
        return deletePrincipalIn(tx, ctx, await openPrincipalIn(tx, ctx, change.id));
      case "create-grant": {
        const { grant } = change;
        await createGrantIn(tx, ctx, {
          principal: await resolve(grant.principal),
          registry: requireRegistry(grant.registry),
          pattern: grant.pattern,
          actions: grant.actions as AccessGrant["actions"],
          reason: grant.reason,
          expiresAt: grant.until === null ? null : new Date(grant.until),
          source: "document",
        });
        return;
      }
      case "change-grant": {
        await changeGrantIn(tx, ctx, await openRow(tx, change.id), changeOf(change.grant));
        return;
      }
      case "revoke-grant":
        return revokeGrantIn(tx, ctx, await openRow(tx, change.id));
      case "protect":
        await writeProtectionsIn(tx, ctx, requireRegistry(change.registry), { items: change.items });
    }
  }

  function requireRegistry(slug: string): GrantRegistryRow {
    const registry = bySlug.get(slug);
    if (!registry) throw new ConflictError(`There is no registry ${slug}.`);
    return registry;
  }
}

async function createNamed(tx: Tx, ctx: Context, principal: DocumentPrincipal): Promise<void> {
  const { kind, name, description, owner, disabled } = principal;
  if (kind === "group") {
    // A group that was deleted comes back by being named.
    const { id } = await resolvePrincipal(tx, ctx, `group:${name}`, "document");
    return changePrincipalIn(tx, ctx, await openPrincipalIn(tx, ctx, id), { description });
  }
  const id = await createPrincipalIn(tx, ctx, { kind, name, description, owner: owner ?? undefined });
  if (disabled) await changePrincipalIn(tx, ctx, await openPrincipalIn(tx, ctx, id), { disabled: true });
}

function changesOf({ kind, description, owner, disabled }: DocumentPrincipal) {
  return kind === "group" ? { description } : { description, disabled, owner: owner ?? undefined };
}

/** The catalogue has one action, which cannot be changed and need not be. */
function changeOf({ pattern, actions, until, reason }: DocumentGrant) {
  const expiresAt = until;
  return pattern === null
    ? { expiresAt, reason }
    : { actions: actions as ("pull" | "push" | "delete")[], expiresAt, reason };
}

async function openRow(tx: Tx, id: string): Promise<GrantRow> {
  const row = await findGrant(tx, id);
  if (!row) throw new ConflictError("A grant of this document is gone. Plan it again.");
  return row;
}
