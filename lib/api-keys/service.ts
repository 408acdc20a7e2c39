import { randomBytes } from "node:crypto";
import type { ApiKey, CreateApiKeyBody, ListApiKeysQuery } from "#lib/api-keys/schema";
import {
  type ApiKeyRow,
  endApiKey,
  findApiKey,
  findOwnerId,
  insertApiKey,
  listApiKeyRows,
} from "#lib/api-keys/store";
import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { listRegistrySlugs, resolveRegistry } from "#lib/auth/place";
import { isPermitted } from "#lib/auth/rules";
import { db, type Tx } from "#lib/db/client";
import { ConflictError, InvalidError, NotFoundError, UnauthenticatedError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import { hashSecret } from "#lib/secrets/service";

const secretPrefix = "whk_";
const shownCharacters = 8;

/** Keys of one's own, or everybody's for who may read them. */
export async function listApiKeys(ctx: Context, query: ListApiKeysQuery): Promise<Page<ApiKey>> {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  const everybody = isPermitted(ctx.principal, "api-keys.read");
  if (!everybody && ctx.principal.kind !== "user") return { items: [], nextCursor: null };
  const keyset = createUuidKeyset(query.sort, { createdAt: "time", name: "text" }, query.cursor);
  const filter = {
    ownerId: everybody ? null : ctx.principal.id,
    ownerLogin: query.owner ?? null,
    revoked: query.all === "true",
  };
  const rows = await listApiKeyRows(db(), filter, keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  return { items: await showKeys(db(), page.items, ctx.now), nextCursor: page.nextCursor };
}

/** The secret is answered this once; only its keyed hash is kept. */
export async function createApiKey(
  ctx: Context,
  input: CreateApiKeyBody,
): Promise<{ key: ApiKey; secret: string }> {
  authorize(ctx, "api-keys.write");
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt <= ctx.now) throw new InvalidError("expiresAt", "This time has passed.");
  const secret = `${secretPrefix}${randomBytes(32).toString("base64url")}`;
  const secretHash = await hashSecret("api-key", secret);
  const key = await db().$transaction(async (tx) => {
    const registryId = await resolveRegistry(tx, input.registry);
    const row = await insertApiKey(tx, {
      name: input.name,
      prefix: secret.slice(0, shownCharacters),
      secretHash,
      role: input.role,
      registryId,
      pattern: input.pattern,
      ownerId: await resolveOwner(tx, ctx, input.owner),
      createdAt: ctx.now,
      expiresAt,
    });
    const shown = await showKey(tx, row, ctx.now);
    const { name, prefix, role, registry, pattern, owner } = shown;
    await recordAudit(tx, ctx, {
      action: "api-key.create",
      target: name,
      registryId: registryId ?? undefined,
      after: { name, prefix, role, registry, pattern, owner, expiresAt: shown.expiresAt },
    });
    return shown;
  });
  return { key, secret };
}

/** Ends a key of one's own, or anybody's for who may. */
export async function revokeApiKey(ctx: Context, id: string): Promise<void> {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  const missing = () => new NotFoundError("There is no such API key.");
  await db().$transaction(async (tx) => {
    const row = await findApiKey(tx, id);
    const own = row !== null && ctx.principal.kind === "user" && row.ownerId === ctx.principal.id;
    if (!own) {
      if (!isPermitted(ctx.principal, "api-keys.read")) throw missing();
      authorize(ctx, "api-keys.write");
    }
    if (!row) throw missing();
    if (row.source === "environment")
      throw new ConflictError("This key comes from WHARFINGER_API_KEY: change it there and start again.");
    if (!(await endApiKey(tx, id, ctx.now))) return;
    const { name, prefix, role, owner } = await showKey(tx, row, ctx.now);
    await recordAudit(tx, ctx, {
      action: "api-key.revoke",
      target: name,
      registryId: row.registryId ?? undefined,
      before: { name, prefix, role, owner },
    });
  });
}

/** A key made by a key belongs to the owner of that one: so it dies with them too. */
async function resolveOwner(tx: Tx, ctx: Context, login: string | undefined): Promise<string | null> {
  if (login !== undefined) {
    const ownerId = await findOwnerId(tx, login);
    if (!ownerId) throw new InvalidError("owner", `There is no account ${login} that is enabled.`);
    return ownerId;
  }
  if (ctx.principal.kind === "user") return ctx.principal.id;
  const parent =
    ctx.principal.kind === "api-key" && ctx.principal.id ? await findApiKey(tx, ctx.principal.id) : null;
  return parent?.ownerId ?? null;
}

async function showKey(tx: Tx, row: ApiKeyRow, now: Date): Promise<ApiKey> {
  const [key] = await showKeys(tx, [row], now);
  if (!key) throw new NotFoundError("There is no such API key.");
  return key;
}

async function showKeys(tx: Tx, rows: readonly ApiKeyRow[], now: Date): Promise<ApiKey[]> {
  const slugs = await listRegistrySlugs(
    tx,
    rows.map((row) => row.registryId),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: row.role,
    registry: row.registryId === null ? null : (slugs.get(row.registryId) ?? null),
    pattern: row.pattern,
    owner: row.owner?.login ?? null,
    source: row.source,
    state: evaluateState(row, now),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }));
}

function evaluateState(row: ApiKeyRow, now: Date): ApiKey["state"] {
  if (row.revokedAt) return "revoked";
  if (row.expiresAt && row.expiresAt <= now) return "expired";
  return row.owner?.disabledAt ? "owner-disabled" : "live";
}
