import { recordAudit } from "#lib/audit/service";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope, isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import { ConflictError, ForbiddenError, InvalidError, NotFoundError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import { lockAccess } from "#lib/principals/lock-access";
import { formatPrincipalReference, signsInByItself } from "#lib/principals/rules";
import type {
  AbandonedPrincipals,
  AccessPrincipal,
  ChangePrincipalBody,
  CreatePrincipalBody,
  ListPrincipalsQuery,
  PrincipalKind,
} from "#lib/principals/schema";
import {
  findOwnerOfKey,
  findPrincipal,
  findUserOf,
  insertPrincipal,
  isPrincipalNameTaken,
  listPrincipalRows,
  markPrincipalDeleted,
  type PrincipalRow,
  type PrincipalViewer,
  summariseAbandonedRows,
  updatePrincipal,
} from "#lib/principals/store";

/** Who can be given access: all for who may read access everywhere, else those who hold something in their part. */
export async function listPrincipals(
  ctx: Context,
  query: ListPrincipalsQuery,
): Promise<Page<AccessPrincipal>> {
  authorizeSomewhere(ctx, "access.read");
  const keyset = createUuidKeyset(query.sort, { name: "text", createdAt: "time" }, query.cursor);
  const rows = await listPrincipalRows(db(), viewerOf(ctx), query, keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  return { items: page.items.map((row) => showPrincipal(ctx, row)), nextCursor: page.nextCursor };
}

export async function getPrincipal(ctx: Context, id: string): Promise<AccessPrincipal> {
  return showPrincipal(ctx, await openPrincipal(db(), ctx, id));
}

/** Robots and workloads that work on though who answered for them cannot sign in any more: for who can mend that. */
export async function summariseAbandoned(ctx: Context): Promise<AbandonedPrincipals> {
  if (!isPermitted(ctx.principal, "access.write")) return { count: 0, newest: null };
  const { count, newest } = await summariseAbandonedRows(db());
  const since = newest?.owner?.disabledAt ?? null;
  if (!newest?.owner || since === null) return { count, newest: null };
  const { id, kind, name, owner } = newest;
  return { count, newest: { id, kind: kind as PrincipalKind, name, owner: owner.login, since } };
}

export async function createPrincipal(ctx: Context, input: CreatePrincipalBody): Promise<AccessPrincipal> {
  authorizeSomewhere(ctx, "access.write");
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const id = await createPrincipalIn(tx, ctx, input);
    return showPrincipal(ctx, await openPrincipalIn(tx, ctx, id));
  });
}

/** Within the transaction of a larger change; the lock of access is held and the permission was checked. */
export async function createPrincipalIn(
  tx: Tx,
  ctx: Context,
  input: CreatePrincipalBody,
  field = "name",
): Promise<string> {
  const { kind, name, description } = input;
  if (await isPrincipalNameTaken(tx, kind, name))
    throw new ConflictError(
      `There is or was a ${kind} named ${name}. A name is never used again: take another one.`,
      "name-taken",
    );
  const ownerId = kind === "group" ? null : await resolveOwner(tx, ctx, input.owner, field);
  const { createdBy, createdAt } = { createdBy: ctx.principal.name, createdAt: ctx.now };
  const id = await insertPrincipal(tx, { kind, name, description, ownerId, createdAt, createdBy });
  await recordAudit(tx, ctx, {
    action: "principal.create",
    target: formatPrincipalReference(input),
    after: { kind, name, description, owner: ownerId },
  });
  return id;
}

export async function changePrincipal(
  ctx: Context,
  id: string,
  change: ChangePrincipalBody,
): Promise<AccessPrincipal> {
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const row = await openChangeable(tx, ctx, id);
    await changePrincipalIn(tx, ctx, row, change);
    return showPrincipal(ctx, await openPrincipal(tx, ctx, id));
  });
}

/** As createPrincipalIn, for one that the caller may change. */
export async function changePrincipalIn(
  tx: Tx,
  ctx: Context,
  row: PrincipalRow,
  change: ChangePrincipalBody,
): Promise<void> {
  const kind = row.kind as PrincipalKind;
  if (change.owner !== undefined && !signsInByItself(kind))
    throw new InvalidError("owner", "Only robots and workloads have an owner.");
  if (change.disabled !== undefined && !signsInByItself(kind))
    throw new InvalidError(
      "disabled",
      kind === "user" ? "Disable the account of this person instead." : "Revoke its grants instead.",
    );
  // Whoever answers for it already is not looked up: a change of something else goes through when they have left.
  const isHandedOver = change.owner !== undefined && change.owner !== row.owner?.login;
  const ownerId = isHandedOver ? await resolveOwner(tx, ctx, change.owner, "owner") : undefined;
  const disabledAt =
    change.disabled === undefined ? undefined : change.disabled ? (row.disabledAt ?? ctx.now) : null;
  await updatePrincipal(tx, row.id, {
    description: change.description,
    ownerId: ownerId ?? undefined,
    disabledAt,
  });
  await recordAudit(tx, ctx, {
    action: "principal.change",
    target: formatPrincipalReference(row),
    before: {
      description: row.description,
      owner: row.owner?.login ?? null,
      disabled: row.disabledAt !== null,
    },
    after: {
      description: change.description ?? row.description,
      owner: change.owner ?? row.owner?.login ?? null,
      disabled: change.disabled ?? row.disabledAt !== null,
    },
  });
}

/** Ends its grants, secrets and trust rules with it. Its row stays, so that nobody gets its name again. */
export async function deletePrincipal(ctx: Context, id: string): Promise<void> {
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    await deletePrincipalIn(tx, ctx, await openChangeable(tx, ctx, id));
  });
}

/** As createPrincipalIn, for one that the caller may change. */
export async function deletePrincipalIn(tx: Tx, ctx: Context, row: PrincipalRow): Promise<void> {
  if (row.kind === "user")
    throw new ConflictError("This is a person: revoke their grants, or disable their account.");
  const ended = await markPrincipalDeleted(tx, row.id, ctx.now, ctx.principal.name);
  await recordAudit(tx, ctx, {
    action: "principal.delete",
    target: formatPrincipalReference(row),
    before: { description: row.description, owner: row.owner?.login ?? null, ...ended },
  });
}

/** One that the caller may see; anything else does not exist. */
export async function openPrincipal(tx: Tx, ctx: Context, id: string): Promise<PrincipalRow> {
  const row = await findPrincipal(tx, viewerOf(ctx), id);
  if (!row || !(isPermittedSomewhere(ctx.principal, "access.read") || isOwn(ctx, row))) throw missing();
  return row;
}

/** Within a larger change that has checked the permission: whoever it is. */
export async function openPrincipalIn(tx: Tx, ctx: Context, id: string): Promise<PrincipalRow> {
  const row = await findPrincipal(tx, { ...viewerOf(ctx), scope: { everywhere: true } }, id);
  if (!row) throw missing();
  return row;
}

/** One that the caller sees and may change: their own robot, or any with access.write everywhere. */
async function openChangeable(tx: Tx, ctx: Context, id: string): Promise<PrincipalRow> {
  const row = await openPrincipal(tx, ctx, id);
  if (row.kind === "built-in") throw new ConflictError("This one is built in and stays as it is.");
  if (row.deletedAt) throw new ConflictError("This one was deleted.");
  if (!canChange(ctx, row)) throw forbidden();
  return row;
}

/** A robot with grants elsewhere is not for who writes grants here: only its owner and who may everywhere change it. */
export function canChange(ctx: Context, row: PrincipalRow): boolean {
  if (row.kind === "built-in" || row.deletedAt) return false;
  if (isPermitted(ctx.principal, "access.write")) return true;
  return (
    signsInByItself(row.kind as PrincipalKind) &&
    isOwner(ctx, row) &&
    isPermittedSomewhere(ctx.principal, "access.write")
  );
}

/** Whoever answers for it renews its secrets, with the permission or without. */
export function canManageSecrets(ctx: Context, row: PrincipalRow): boolean {
  if (row.deletedAt || !signsInByItself(row.kind as PrincipalKind)) return false;
  return isPermitted(ctx.principal, "access.write") || isOwner(ctx, row);
}

export function forbidden(): ForbiddenError {
  return new ForbiddenError(
    "access.write",
    "Only its owner, and who holds access.write everywhere, may change this one.",
  );
}

function isOwner(ctx: Context, row: PrincipalRow): boolean {
  return ctx.principal.kind === "user" && row.ownerId !== null && row.ownerId === ctx.principal.id;
}

function isOwn(ctx: Context, row: PrincipalRow): boolean {
  return isOwner(ctx, row) || (ctx.principal.kind === "user" && row.userId === ctx.principal.id);
}

function missing(): NotFoundError {
  return new NotFoundError("There is nobody with this id, or you may not see them.");
}

export function viewerOf(ctx: Context): PrincipalViewer {
  return {
    userId: ctx.principal.kind === "user" ? ctx.principal.id : null,
    scope: evaluateScope(ctx.principal, "access.read"),
    now: ctx.now,
  };
}

/** The named account, or the person who asks; what a key makes belongs to the owner of the key. */
async function resolveOwner(
  tx: Tx,
  ctx: Context,
  login: string | undefined,
  field: string,
): Promise<string | null> {
  const { kind, id } = ctx.principal;
  if (login === undefined)
    return kind === "api-key" && id ? findOwnerOfKey(tx, id) : kind === "user" ? id : null;
  const user = await findUserOf(tx, { login });
  if (!user || user.disabledAt)
    throw new InvalidError(
      field === "name" ? "owner" : field,
      `There is no account ${login} that is enabled.`,
    );
  return user.id;
}

function showPrincipal(ctx: Context, row: PrincipalRow): AccessPrincipal {
  const uses = [
    ...row.secrets.map((secret) => secret.use?.lastUsedAt ?? null),
    ...row.trustRules.map((rule) => rule.lastUsedAt),
  ];
  const last = uses.reduce((late, at) => (at && (!late || at > late) ? at : late), null);
  const disabled = row.disabledAt !== null || (row.user?.disabledAt ?? null) !== null;
  return {
    id: row.id,
    kind: row.kind as PrincipalKind,
    name: row.name,
    description: row.description,
    owner: row.owner?.login ?? null,
    ownerDisabled: (row.owner?.disabledAt ?? null) !== null,
    state: row.deletedAt ? "deleted" : disabled ? "disabled" : "live",
    allowed: { change: canChange(ctx, row), secrets: canManageSecrets(ctx, row) },
    grantCount: row._count.grants,
    secretCount: row._count.secrets,
    trustRuleCount: row._count.trustRules,
    lastUsedAt: last?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
