import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { formatCursor, parseCursor, readCursorId, readCursorTime } from "#lib/http/cursor";
import type { Page } from "#lib/http/page-schema";
import { type ListTokenDenialsQuery, type TokenDenial, tokenDenialSchema } from "#lib/tokens/schema";
import { listDenialRows, type ShownDenialRow } from "#lib/tokens/store-denials";

const sort = "-lastAt";

/** Who was refused what by the token endpoint, the newest first, as far as access.read reaches. */
export async function listTokenDenials(
  ctx: Context,
  { cursor, limit, ...filter }: ListTokenDenialsQuery,
): Promise<Page<TokenDenial>> {
  authorizeSomewhere(ctx, "access.read");
  const page = { after: readPosition(cursor), take: limit + 1 };
  const rows = await listDenialRows(db(), filter, evaluateScope(ctx.principal, "access.read"), page);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(showDenial),
    nextCursor:
      rows.length > limit && last
        ? formatCursor({ sort, value: last.last_at.toISOString(), id: String(last.id) })
        : null,
  };
}

function readPosition(text: string | undefined): { at: Date; id: bigint } | null {
  const cursor = parseCursor(text, sort);
  return cursor && { at: readCursorTime(cursor), id: readCursorId(cursor) };
}

function showDenial(row: ShownDenialRow): TokenDenial {
  const { principal_id: id, principal_kind: kind, principal_name: name } = row;
  return {
    id: String(row.id),
    registry: row.registry,
    principal: id === null || kind === null || name === null ? null : { id, kind, name },
    account: row.account,
    type: row.type,
    repository: row.repository,
    actions: row.actions,
    address: row.address,
    agent: row.agent,
    reason: tokenDenialSchema.shape.reason.parse(row.reason),
    detail: row.detail,
    count: Number(row.count),
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
  };
}
