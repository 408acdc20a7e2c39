import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { db, type Tx } from "#lib/db/client";
import { prepareSetup, type TokenTrust } from "#lib/enforcement/rules-setup";
import {
  type ChangeEnforcementBody,
  type Enforcement,
  enforcementCheckSchema,
  type RotateKeyBody,
} from "#lib/enforcement/schema";
import {
  type EnforcementRow,
  findEnforcement,
  keepEnforcementCheck,
  lockEnforcement,
  updateEnforcement,
} from "#lib/enforcement/store";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import { lockAccess } from "#lib/principals/lock-access";
import { getVisibleRegistry } from "#lib/registries/connection-service";
import { formatIssuer, formatRealm } from "#lib/tokens/names";
import {
  activateSigningKey,
  exportSigningKeys,
  issueSigningKey,
  listSigningKeys,
  retireSigningKey,
} from "#lib/tokens/service-keys";

/** Whether grants hold at a registry, by which keys it knows our tokens, and what to paste there. */
export async function getEnforcement(ctx: Context, slug: string): Promise<Enforcement> {
  const { id } = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "access.read", { registryId: id }, "This registry");
  return readEnforcement(id);
}

/** Turns enforcement on, off, or suspends it; every step is an audit row with its reason. */
export async function changeEnforcement(
  ctx: Context,
  slug: string,
  body: ChangeEnforcementBody,
): Promise<Enforcement> {
  const { id } = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "enforcement.write", { registryId: id }, "This registry");
  if (body.state === "suspended" && !body.reason)
    throw new InvalidError("reason", "Say why enforcement is suspended: it is kept in the audit.");
  await db().$transaction(async (tx) => {
    const before = await lock(tx, id);
    if (body.state === "suspended" && before.enforcement === "off")
      throw new ConflictError("Enforcement is off here: there is nothing to suspend.", "enforcement-off");
    await changeState(tx, ctx, before, body);
  });
  return readEnforcement(id);
}

/** One step of a change of keys; what signs and what is published follows at once, on every instance. */
export async function rotateKey(ctx: Context, slug: string, { step }: RotateKeyBody): Promise<Enforcement> {
  const { id } = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "enforcement.write", { registryId: id }, "This registry");
  // The first key is made by whoever looks first.
  await listSigningKeys(id);
  await db().$transaction(async (tx) => {
    const after = await takeStep(tx, id, step, ctx.now);
    await recordAudit(tx, ctx, { action: `signing-key.${step}`, target: slug, registryId: id, after });
  });
  return readEnforcement(id);
}

function takeStep(tx: Tx, registryId: number, step: RotateKeyBody["step"], now: Date) {
  if (step === "prepare") return issueSigningKey(tx, registryId, now);
  return step === "activate"
    ? activateSigningKey(tx, registryId, now)
    : retireSigningKey(tx, registryId, now);
}

/** Writes the change and its audit row, unless nothing changes. A check of before says nothing any more. */
export async function changeState(
  tx: Tx,
  ctx: Context,
  before: EnforcementRow,
  change: ChangeEnforcementBody,
): Promise<void> {
  const state = change.state ?? before.enforcement;
  const tokenMode = change.tokenMode ?? before.tokenMode;
  const hasNewState = state !== before.enforcement;
  if (!hasNewState && tokenMode === before.tokenMode) return;
  await updateEnforcement(tx, before.id, {
    enforcement: state,
    tokenMode,
    ...(hasNewState ? { enforcementAt: ctx.now } : {}),
  });
  await keepEnforcementCheck(tx, before.id, null);
  await recordAudit(tx, ctx, {
    action: hasNewState ? `enforcement.${state === "suspended" ? "suspend" : state}` : "enforcement.update",
    target: before.slug,
    registryId: before.id,
    before: { state: before.enforcement, tokenMode: before.tokenMode },
    after: { state, tokenMode, ...(change.reason ? { reason: change.reason } : {}) },
  });
}

async function readEnforcement(registryId: number): Promise<Enforcement> {
  const keys = await listSigningKeys(registryId);
  const row = await findEnforcement(db(), registryId);
  if (!row) throw missing();
  const trust = await prepareTrust(row);
  const check = enforcementCheckSchema.safeParse(row.enforcementCheck);
  return {
    state: row.enforcement,
    since: row.enforcementAt?.toISOString() ?? null,
    tokenMode: row.tokenMode,
    realm: trust.realm,
    service: trust.service,
    issuer: trust.issuer,
    keys: keys.map((key) => ({
      kid: key.kid,
      state: key.state,
      createdAt: key.createdAt.toISOString(),
      activatedAt: key.activatedAt?.toISOString() ?? null,
      retiredAt: key.retiredAt?.toISOString() ?? null,
      leafExpiresAt: row.tokenMode === "certificate" ? (key.leafExpiresAt?.toISOString() ?? null) : null,
    })),
    check: check.success ? check.data : null,
    setup: prepareSetup(trust),
  };
}

/** What the registry has to know so that it believes our tokens. Makes its first key where there is none. */
export async function prepareTrust(row: { id: number; slug: string }): Promise<TokenTrust> {
  const { rootBundlePem, jwks, publicKeyPem } = await exportSigningKeys(row.id);
  return {
    realm: formatRealm(),
    service: row.slug,
    issuer: formatIssuer(),
    rootPem: rootBundlePem,
    jwks,
    publicKeyPem,
  };
}

async function lock(tx: Tx, registryId: number): Promise<EnforcementRow> {
  await lockAccess(tx);
  const row = await lockEnforcement(tx, registryId);
  if (!row) throw missing();
  return row;
}

function missing(): NotFoundError {
  return new NotFoundError("This registry does not exist, or you may not see it.");
}
