import { recordAudit } from "#lib/audit/service";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { authorizeReach, missingRegistry, scopeOverlaps } from "#lib/auth/reach";
import { evaluateScope, isPermittedSomewhere } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import type {
  AccessAction,
  AccessRequest,
  CreateAccessRequestBody,
  DecideAccessRequestBody,
  ListAccessRequestsQuery,
} from "#lib/grants/schema";
import { createGrantIn, openGrantRegistry, readExpiry, requireActions } from "#lib/grants/service";
import {
  closeRequest,
  countOpenRequests,
  findRequest,
  insertRequest,
  listRequestRows,
  type RequestRow,
} from "#lib/grants/store-requests";
import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnauthenticatedError,
} from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import { lockAccess } from "#lib/principals/lock-access";
import { resolvePrincipal } from "#lib/principals/resolve-principal";

/** Nobody waits for more answers at once, and nobody has to read more of one person. */
const mostOpen = 20;

/** One's own requests; for who may read access also those that reach into what they see. */
export async function listAccessRequests(
  ctx: Context,
  query: ListAccessRequestsQuery,
): Promise<Page<AccessRequest>> {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  const keyset = createUuidKeyset(query.sort, { createdAt: "time" }, query.cursor);
  const reads = query.mine === "false" && isPermittedSomewhere(ctx.principal, "access.read");
  const filter = {
    userId: ctx.principal.kind === "user" ? ctx.principal.id : null,
    scope: reads ? evaluateScope(ctx.principal, "access.read") : null,
    open: query.state === "open",
  };
  const rows = await listRequestRows(db(), filter, keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  return { items: page.items.map(showRequest), nextCursor: page.nextCursor };
}

export async function createAccessRequest(
  ctx: Context,
  input: CreateAccessRequestBody,
): Promise<AccessRequest> {
  authorizeSomewhere(ctx, "repositories.read");
  if (ctx.principal.kind !== "user" || ctx.principal.id === null)
    throw new ForbiddenError(undefined, "Only a person who is signed in asks for access.");
  const userId = ctx.principal.id;
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const registry = await openGrantRegistry(tx, ctx, input.registry);
    const { pattern } = input;
    // They may ask for more than they see here, but not about what does not exist for them.
    if (
      !scopeOverlaps(evaluateScope(ctx.principal, "repositories.read"), { registryId: registry.id, pattern })
    )
      throw missingRegistry(input.registry);
    if ((await countOpenRequests(tx, { userId })) >= mostOpen)
      throw new ConflictError(`You have ${mostOpen} open requests. Wait for an answer, or withdraw some.`);
    const actions = requireActions("", pattern, input.actions);
    const { id: registryId } = registry;
    const { reason } = input;
    const row = await insertRequest(tx, { userId, registryId, pattern, actions, reason, createdAt: ctx.now });
    await recordAudit(tx, ctx, {
      action: "access-request.create",
      target: `${registry.slug}/${pattern}`,
      registryId,
      after: { actions, reason },
    });
    return showRequest(row);
  });
}

/** Approving makes the grant. Whoever asked may withdraw; who may write that grant approves or declines. */
export async function decideAccessRequest(
  ctx: Context,
  id: string,
  input: DecideAccessRequestBody,
): Promise<AccessRequest> {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const row = await findRequest(tx, id);
    const own = row !== null && ctx.principal.kind === "user" && row.userId === ctx.principal.id;
    if (!own) authorizeSomewhere(ctx, "access.write");
    const seen = row !== null && scopeOverlaps(evaluateScope(ctx.principal, "access.read"), row);
    if (!row || !(own || seen)) throw new NotFoundError("There is no such request, or you may not see it.");
    if (input.state !== "withdrawn") authorizeReach(ctx, "access.write", row, row.registry.slug);
    else if (!own) throw new ForbiddenError(undefined, "Only who asked may withdraw a request.");
    if (row.state !== "open") throw new ConflictError(`This request was ${row.state} already.`);
    if (input.expiresAt !== null && input.state !== "approved")
      throw new InvalidError("expiresAt", "Only an approval makes a grant that can end.");
    const grantId = input.state === "approved" ? await approve() : null;
    const closed = await closeRequest(tx, id, {
      state: input.state,
      decidedAt: ctx.now,
      decidedBy: ctx.principal.name,
      decision: input.decision,
      grantId,
    });
    await recordAudit(tx, ctx, {
      action: `access-request.${input.state === "withdrawn" ? "withdraw" : input.state === "approved" ? "approve" : "decline"}`,
      target: `user:${row.user.login} in ${row.registry.slug}/${row.pattern}`,
      registryId: row.registryId,
      after: { actions: row.actions, decision: input.decision, expiresAt: input.expiresAt },
    });
    return showRequest(closed);

    async function approve(): Promise<string> {
      if (!row) throw new NotFoundError();
      const grant = await createGrantIn(tx, ctx, {
        principal: await resolvePrincipal(tx, ctx, `user:${row.user.login}`),
        registry: row.registry,
        pattern: row.pattern,
        actions: row.actions as AccessAction[],
        reason: row.reason,
        expiresAt: readExpiry(ctx, input.expiresAt),
        source: "request",
      });
      return grant.id;
    }
  });
}

/** How many wait for the caller's decision. */
export async function countWaitingRequests(ctx: Context): Promise<number> {
  if (!isPermittedSomewhere(ctx.principal, "access.write")) return 0;
  return countOpenRequests(db(), { scope: evaluateScope(ctx.principal, "access.write") });
}

function showRequest(row: RequestRow): AccessRequest {
  return {
    id: row.id,
    user: row.user.login,
    registry: row.registry.slug,
    pattern: row.pattern,
    actions: row.actions as AccessAction[],
    reason: row.reason,
    state: row.state as AccessRequest["state"],
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    decidedBy: row.decidedBy,
    decision: row.decision,
    grantId: row.grantId,
  };
}
