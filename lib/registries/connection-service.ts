import { randomBytes } from "node:crypto";
import { recordAudit } from "#lib/audit/service";
import { authorize, authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { canSeeRegistry, evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { forgetPushersBeside } from "#lib/grants/service-protections";
import { formatCursor, parseCursor } from "#lib/http/cursor";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { getBaseOrigin } from "#lib/http/same-origin";
import { lockAccess } from "#lib/principals/lock-access";
import { requireAllowedAddress } from "#lib/registries/address-rules";
import { prepareAuditState, prepareRegistry } from "#lib/registries/prepare-registry";
import type {
  ConnectRegistryBody,
  ListRegistriesQuery,
  RegistryItem,
  UpdateRegistryBody,
} from "#lib/registries/schema";
import {
  findRegistryRow,
  insertRegistry,
  listAllowedNetworkRows,
  listRegistryRows,
  lockRegistryRow,
  type RegistryRow,
  updateRegistryRow,
} from "#lib/registries/store";
import { hashSecret, sealSecret } from "#lib/secrets/service";

const missing = (slug: string) =>
  new NotFoundError(`The registry ${slug} does not exist, or you may not see it.`);

/** The row of a registry that the caller may know of: any binding that reaches into it is enough. */
export async function getVisibleRegistry(ctx: Context, slug: string): Promise<RegistryRow> {
  authorizeSomewhere(ctx, "registries.read");
  const row = await findRegistryRow(db(), slug);
  if (!row || !canSeeRegistry(ctx.principal, row.id)) throw missing(slug);
  return row;
}

export async function getRegistry(ctx: Context, slug: string): Promise<RegistryItem> {
  return prepareRegistry(ctx, await getVisibleRegistry(ctx, slug));
}

export async function listRegistries(ctx: Context, query: ListRegistriesQuery): Promise<Page<RegistryItem>> {
  authorizeSomewhere(ctx, "registries.read");
  const cursor = parseCursor(query.cursor, "slug");
  const scope = evaluateScope(ctx.principal, "registries.read");
  const reachable = scope.everywhere ? [null] : scope.rules.map((rule) => rule.registryId);
  const ids = reachable.includes(null) ? null : reachable.filter((id) => id !== null);
  const rows = await listRegistryRows(db(), { after: cursor?.id ?? null, take: query.limit + 1, ids });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: await Promise.all(page.map((row) => prepareRegistry(ctx, row))),
    nextCursor:
      rows.length > query.limit && last
        ? formatCursor({ sort: "slug", value: last.slug, id: last.slug })
        : null,
  };
}

/** Connects a registry, or takes up a disconnected one of the same slug with all its history. */
export async function connectRegistry(ctx: Context, body: ConnectRegistryBody): Promise<RegistryItem> {
  authorize(ctx, "registries.write");
  checkCredentialFields(body.credentialKind, body.username, body.secret !== null);
  await checkAddress(body.url);
  const data = {
    name: body.name ?? body.slug,
    url: body.url,
    credentialKind: body.credentialKind,
    username: body.credentialKind === "basic" ? body.username : null,
    secretCipher: body.secret === null ? null : sealSecret("registry-credential", body.secret),
    caPem: body.caPem,
    pinnedRealm: body.pinnedRealm,
    requestsPerSecond: body.requestsPerSecond,
    syncEveryMinutes: body.syncEveryMinutes,
    repositorySource: body.repositorySource,
    repositoryNames: body.repositoryNames,
    protectedPatterns: body.protectedPatterns,
  };
  const row = await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const before = await lockRegistryRow(tx, body.slug);
    if (before && !before.disconnectedAt)
      throw new ConflictError(`A registry with the slug ${body.slug} is connected already.`, "slug-taken");
    const after = before
      ? await updateRegistryRow(tx, before.id, {
          ...data,
          disconnectedAt: null,
          state: "new",
          stateDetail: null,
          stateSince: ctx.now,
        })
      : await insertRegistry(tx, { slug: body.slug, ...data });
    await recordAudit(tx, ctx, {
      action: before ? "registry.reconnect" : "registry.connect",
      target: body.slug,
      registryId: after.id,
      ...(before ? { before: prepareAuditState(before) } : {}),
      after: prepareAuditState(after),
    });
    return after;
  });
  return prepareRegistry(ctx, row);
}

/** Changes what is given. A new address drops the credential unless it comes along: it was given for the old one. */
export async function updateRegistry(
  ctx: Context,
  slug: string,
  body: UpdateRegistryBody,
): Promise<RegistryItem> {
  const { id } = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "registries.write", { registryId: id }, "This registry");
  if (body.url !== undefined) await checkAddress(body.url);
  const row = await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const before = await lockRegistryRow(tx, slug);
    if (!before) throw missing(slug);
    const moved = body.url !== undefined && body.url !== before.url;
    const kind = body.credentialKind ?? before.credentialKind;
    const username = body.username === undefined ? before.username : body.username;
    const keepsSecret = body.secret === undefined && !moved && kind === before.credentialKind;
    if (moved && body.secret === undefined && kind !== "none" && before.secretCipher !== null)
      throw new InvalidError(
        "secret",
        "The address changes: give the secret again, so that it is not sent to another host by accident.",
      );
    const secretCipher = keepsSecret
      ? before.secretCipher
      : body.secret
        ? sealSecret("registry-credential", body.secret)
        : null;
    checkCredentialFields(kind, username, secretCipher !== null);
    const { secret: _secret, ...plain } = body;
    const after = await updateRegistryRow(tx, before.id, {
      ...plain,
      credentialKind: kind,
      username: kind === "basic" ? username : null,
      secretCipher: kind === "none" ? null : secretCipher,
      // A realm was confirmed for the old address.
      ...(moved && body.pinnedRealm === undefined ? { pinnedRealm: null } : {}),
    });
    await forgetPushersBeside(tx, after.id, after.protectedPatterns);
    await recordAudit(tx, ctx, {
      action: "registry.update",
      target: slug,
      registryId: after.id,
      before: prepareAuditState(before),
      after: { ...prepareAuditState(after), secretChanged: body.secret !== undefined },
    });
    return after;
  });
  return prepareRegistry(ctx, row);
}

/** Ends the connection. Everything known stays, marked with the time; the credential is forgotten. */
export async function disconnectRegistry(ctx: Context, slug: string): Promise<void> {
  const { id } = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "registries.write", { registryId: id }, "This registry");
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const before = await lockRegistryRow(tx, slug);
    if (!before) throw missing(slug);
    if (before.disconnectedAt) return;
    const after = await updateRegistryRow(tx, before.id, {
      disconnectedAt: ctx.now,
      credentialKind: "none",
      username: null,
      secretCipher: null,
      ingestSecretHash: null,
    });
    await recordAudit(tx, ctx, {
      action: "registry.disconnect",
      target: slug,
      registryId: before.id,
      before: prepareAuditState(before),
      after: prepareAuditState(after),
    });
  });
}

/** Gives the registry a new secret for its notifications; the one before it ends at once. Shown only here. */
export async function createIngestSecret(
  ctx: Context,
  slug: string,
  given: string | undefined,
): Promise<{ secret: string; url: string }> {
  const { id } = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "registries.write", { registryId: id }, "This registry");
  const secret = given ?? randomBytes(32).toString("base64url");
  const hash = await hashSecret("ingest-secret", secret);
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const before = await lockRegistryRow(tx, slug);
    if (!before) throw missing(slug);
    if (before.disconnectedAt)
      throw new ConflictError("This registry is disconnected. Connect it again first.");
    const holder = await tx.registry.findUnique({ where: { ingestSecretHash: hash }, select: { id: true } });
    if (holder && holder.id !== before.id)
      throw new InvalidError("secret", "Another registry has this secret: each needs its own.");
    await updateRegistryRow(tx, before.id, { ingestSecretHash: hash });
    await recordAudit(tx, ctx, {
      action: "registry.ingest-secret",
      target: slug,
      registryId: before.id,
      before: { secretSet: before.ingestSecretHash !== null },
      after: { secretSet: true },
    });
  });
  return { secret, url: `${getBaseOrigin()}/api/ingest/distribution` };
}

function checkCredentialFields(kind: string, username: string | null, hasSecret: boolean): void {
  if (kind === "none") {
    if (hasSecret) throw new InvalidError("credentialKind", "A secret needs the kind basic or token.");
    return;
  }
  if (kind === "basic" && !username)
    throw new InvalidError("username", "A basic credential needs a user name.");
  if (!hasSecret)
    throw new InvalidError(
      "secret",
      `A ${kind} credential needs its ${kind === "basic" ? "password" : "token"}.`,
    );
}

async function checkAddress(url: string): Promise<void> {
  const networks = await listAllowedNetworkRows(db());
  await requireAllowedAddress(
    url,
    networks.map((network) => network.cidr),
  );
}
