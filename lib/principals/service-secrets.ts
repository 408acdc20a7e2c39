import { randomBytes } from "node:crypto";
import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { isPermitted } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnauthenticatedError,
} from "#lib/http/errors";
import { lockAccess } from "#lib/principals/lock-access";
import {
  evaluateSecretState,
  formatPrincipalReference,
  mostSecrets,
  noticeDays,
} from "#lib/principals/rules";
import type {
  AccessSecret,
  CreatedSecret,
  CreateSecretBody,
  ExpiringSecret,
  PrincipalKind,
} from "#lib/principals/schema";
import { canManageSecrets, forbidden, openPrincipal } from "#lib/principals/service";
import { findPrincipalOfUser, findUserOf, type PrincipalRow, putPrincipal } from "#lib/principals/store";
import {
  countLiveSecrets,
  endSecret,
  findSecret,
  insertSecret,
  listExpiringRows,
  listSecretRows,
  type SecretRow,
} from "#lib/principals/store-secrets";
import { hashSecret } from "#lib/secrets/service";

const secretPrefix = "wfs_";
const shownCharacters = 8;
const shownExpiring = 20;

interface Holder {
  id: string;
  kind: string;
  name: string;
}

/** Those who may manage them see them, and who reads access everywhere sees when they were used. */
export async function listSecrets(ctx: Context, principalId: string): Promise<{ items: AccessSecret[] }> {
  const principal = await openPrincipal(db(), ctx, principalId);
  if (!canManageSecrets(ctx, principal) && !isPermitted(ctx.principal, "access.read"))
    throw new ForbiddenError("access.read");
  return listSecretsOf(ctx, principal.id);
}

/** The value is answered this once; only its keyed hash is kept. */
export async function createSecret(
  ctx: Context,
  principalId: string,
  input: CreateSecretBody,
): Promise<CreatedSecret> {
  return createSecretFor(ctx, input, async (tx) => {
    const principal = await openPrincipal(tx, ctx, principalId);
    requireManaged(ctx, principal);
    return principal;
  });
}

export async function revokeSecret(ctx: Context, principalId: string, id: string): Promise<void> {
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const principal = await openPrincipal(tx, ctx, principalId);
    // Whoever may take the access of a person away may also end their secrets; making them is theirs alone.
    if (principal.kind !== "user") requireManaged(ctx, principal);
    else if (!isPermitted(ctx.principal, "access.write")) throw forbidden();
    await revokeSecretOf(tx, ctx, principal, id);
  });
}

export async function listOwnSecrets(ctx: Context): Promise<{ items: AccessSecret[] }> {
  const principal = await findPrincipalOfUser(db(), requirePerson(ctx));
  return principal ? listSecretsOf(ctx, principal.id) : { items: [] };
}

export async function createOwnSecret(ctx: Context, input: CreateSecretBody): Promise<CreatedSecret> {
  const userId = requirePerson(ctx);
  return createSecretFor(ctx, input, async (tx) => {
    const user = await findUserOf(tx, { id: userId });
    if (!user || user.disabledAt) throw new UnauthenticatedError();
    const createdBy = ctx.principal.name;
    return putPrincipal(tx, { kind: "user", name: user.login, userId, createdAt: ctx.now, createdBy });
  });
}

export async function revokeOwnSecret(ctx: Context, id: string): Promise<void> {
  const userId = requirePerson(ctx);
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const principal = await findPrincipalOfUser(tx, userId);
    if (!principal) throw missingSecret();
    await revokeSecretOf(tx, ctx, principal, id);
  });
}

/**
 * Secrets that end within two weeks, or did and were not replaced: one's own and of one's robots; of every robot for who
 * may renew them.
 */
export async function listExpiringSecrets(ctx: Context): Promise<ExpiringSecret[]> {
  const { principal, now } = ctx;
  const userId = principal.kind === "user" ? principal.id : null;
  const everything = isPermitted(principal, "access.write");
  const noticeMs = noticeDays[0] * 24 * 3_600_000;
  const times = {
    now,
    before: new Date(now.getTime() + noticeMs),
    endedSince: new Date(now.getTime() - noticeMs),
  };
  const rows = await listExpiringRows(db(), { userId, everything }, times, shownExpiring);
  return rows.flatMap(({ name, expiresAt, principal: holder }) =>
    expiresAt ? [{ name, expiresAt, principal: { ...holder, kind: holder.kind as PrincipalKind } }] : [],
  );
}

async function listSecretsOf(ctx: Context, principalId: string): Promise<{ items: AccessSecret[] }> {
  const rows = await listSecretRows(db(), principalId);
  return { items: rows.map((row) => showSecret(row, ctx.now)) };
}

async function createSecretFor(
  ctx: Context,
  input: CreateSecretBody,
  openHolder: (tx: Tx) => Promise<Holder>,
): Promise<CreatedSecret> {
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt <= ctx.now) throw new InvalidError("expiresAt", "This time has passed.");
  const value = `${secretPrefix}${randomBytes(32).toString("base64url")}`;
  const secretHash = await hashSecret("registry-secret", value);
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const holder = await openHolder(tx);
    if ((await countLiveSecrets(tx, holder.id, ctx.now)) >= mostSecrets)
      throw new ConflictError(`There are ${mostSecrets} secrets already. Revoke those that nobody uses.`);
    const row = await insertSecret(tx, {
      principalId: holder.id,
      name: input.name,
      prefix: value.slice(0, shownCharacters),
      secretHash,
      createdAt: ctx.now,
      createdBy: ctx.principal.name,
      expiresAt,
    });
    const secret = showSecret(row, ctx.now);
    await recordAudit(tx, ctx, {
      action: "registry-secret.create",
      target: formatPrincipalReference(holder),
      after: { name: secret.name, prefix: secret.prefix, expiresAt: secret.expiresAt },
    });
    return { secret, username: holder.name, value };
  });
}

async function revokeSecretOf(tx: Tx, ctx: Context, holder: Holder, id: string): Promise<void> {
  const row = await findSecret(tx, holder.id, id);
  if (!row) throw missingSecret();
  if (!(await endSecret(tx, id, ctx.now))) return;
  await recordAudit(tx, ctx, {
    action: "registry-secret.revoke",
    target: formatPrincipalReference(holder),
    before: { name: row.name, prefix: row.prefix },
  });
}

function requireManaged(ctx: Context, principal: PrincipalRow): void {
  if (principal.deletedAt) throw new ConflictError("This one was deleted.");
  if (principal.kind === "user")
    throw new ConflictError("A person makes their own registry secrets, under their settings.");
  if (principal.kind === "group" || principal.kind === "built-in")
    throw new ConflictError("Nobody signs in to a registry as this one, so it has no secrets.");
  if (!canManageSecrets(ctx, principal)) throw forbidden();
}

function requirePerson(ctx: Context): string {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  if (ctx.principal.kind !== "user" || ctx.principal.id === null)
    throw new ForbiddenError(undefined, "Only a person who is signed in has registry secrets of their own.");
  return ctx.principal.id;
}

function missingSecret(): NotFoundError {
  return new NotFoundError("There is no such secret.");
}

function showSecret(row: SecretRow, now: Date): AccessSecret {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    state: evaluateSecretState(row, now),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.use?.lastUsedAt.toISOString() ?? null,
    lastAddress: row.use?.lastAddress ?? null,
    lastAgent: row.use?.lastAgent ?? null,
  };
}
