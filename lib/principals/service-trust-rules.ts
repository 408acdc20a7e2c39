import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { isPermitted } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { ConflictError, ForbiddenError, NotFoundError } from "#lib/http/errors";
import { lockAccess } from "#lib/principals/lock-access";
import { formatPrincipalReference, signsInByItself } from "#lib/principals/rules";
import type { CreateTrustRuleBody, PrincipalKind, TrustRule } from "#lib/principals/schema";
import { canManageSecrets, forbidden, openPrincipal } from "#lib/principals/service";
import type { PrincipalRow } from "#lib/principals/store";
import {
  endTrustRule,
  findTrustRule,
  insertTrustRule,
  listTrustRuleRows,
  type TrustRuleRow,
} from "#lib/principals/store-secrets";

const mostRules = 20;

export async function listTrustRules(ctx: Context, principalId: string): Promise<{ items: TrustRule[] }> {
  const principal = await openPrincipal(db(), ctx, principalId);
  if (!canManageSecrets(ctx, principal) && !isPermitted(ctx.principal, "access.read"))
    throw new ForbiddenError("access.read");
  return { items: (await listTrustRuleRows(db(), principal.id)).map(showRule) };
}

/** Tokens of this issuer and subject stand for the principal from now on. */
export async function createTrustRule(
  ctx: Context,
  principalId: string,
  input: CreateTrustRuleBody,
): Promise<TrustRule> {
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const principal = await openPrincipal(tx, ctx, principalId);
    requireManaged(ctx, principal);
    if ((await listTrustRuleRows(tx, principal.id)).length >= mostRules)
      throw new ConflictError(`There are ${mostRules} trust rules already. Delete those that nobody uses.`);
    const row = await insertTrustRule(tx, {
      principalId: principal.id,
      ...input,
      createdAt: ctx.now,
      createdBy: ctx.principal.name,
    });
    await recordAudit(tx, ctx, {
      action: "trust-rule.create",
      target: formatPrincipalReference(principal),
      after: summarise(row),
    });
    return showRule(row);
  });
}

export async function deleteTrustRule(ctx: Context, principalId: string, id: string): Promise<void> {
  await db().$transaction(async (tx) => {
    await lockAccess(tx);
    const principal = await openPrincipal(tx, ctx, principalId);
    requireManaged(ctx, principal);
    const row = await findTrustRule(tx, principal.id, id);
    if (!row) throw new NotFoundError("There is no such trust rule.");
    if (!(await endTrustRule(tx, id, ctx.now))) return;
    await recordAudit(tx, ctx, {
      action: "trust-rule.delete",
      target: formatPrincipalReference(principal),
      before: summarise(row),
    });
  });
}

function requireManaged(ctx: Context, principal: PrincipalRow): void {
  if (principal.deletedAt) throw new ConflictError("This one was deleted.");
  if (!signsInByItself(principal.kind as PrincipalKind))
    throw new ConflictError("Only robots and workloads are trusted by the tokens of an issuer.");
  if (!canManageSecrets(ctx, principal)) throw forbidden();
}

function summarise({ issuer, audience, subjectPattern, claims }: TrustRuleRow) {
  return { issuer, audience, subjectPattern, claims: claims ?? {} };
}

function showRule(row: TrustRuleRow): TrustRule {
  return {
    id: row.id,
    issuer: row.issuer,
    audience: row.audience,
    subjectPattern: row.subjectPattern,
    claims: row.claims as Record<string, string>,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
