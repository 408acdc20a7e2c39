import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { isPermitted } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { NotFoundError, UnauthenticatedError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import type { ListSessionsQuery, Session } from "#lib/sessions/schema";
import { endSession, findSession, listSessionRows } from "#lib/sessions/store";

export { endSessionsOf } from "#lib/sessions/store";

/** Sessions that are alive: one's own, or everybody's for who may read them. */
export async function listSessions(ctx: Context, query: ListSessionsQuery): Promise<Page<Session>> {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  const everybody = isPermitted(ctx.principal, "sessions.read");
  if (!everybody && ctx.principal.kind !== "user") return { items: [], nextCursor: null };
  const keyset = createUuidKeyset(query.sort, { lastSeenAt: "time", createdAt: "time" }, query.cursor);
  const filter = { userId: everybody ? null : ctx.principal.id, login: query.user ?? null };
  const rows = await listSessionRows(db(), filter, ctx.now, keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  return {
    items: page.items.map((row) => ({
      id: row.id,
      user: row.user.login,
      address: row.address,
      agent: row.agent,
      current: row.id === ctx.principal.sessionId,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    })),
    nextCursor: page.nextCursor,
  };
}

/** Ends a session of one's own, or of anybody for who may. */
export async function revokeSession(ctx: Context, id: string): Promise<void> {
  if (ctx.principal.kind === "nobody") throw new UnauthenticatedError();
  const missing = () => new NotFoundError("There is no such session, or it has ended.");
  const session = await findSession(db(), id);
  const own = session !== null && ctx.principal.kind === "user" && session.userId === ctx.principal.id;
  if (!own) {
    // Of other people's sessions they learn nothing, not even that one exists.
    if (!isPermitted(ctx.principal, "sessions.read")) throw missing();
    authorize(ctx, "sessions.write");
  }
  await db().$transaction(async (tx) => {
    const ended = await endSession(tx, id, ctx.now);
    if (!ended) throw missing();
    await recordAudit(tx, ctx, {
      action: "session.revoke",
      target: ended.login,
      before: { address: session?.address ?? null, agent: session?.agent ?? null },
    });
  });
}
