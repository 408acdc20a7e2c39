import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { listRegistrySlugs, resolveRegistry } from "#lib/auth/place";
import { db } from "#lib/db/client";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import { requireAdminLeft } from "#lib/people/require-admin-left";
import type { CreateRoleBindingBody, ListRoleBindingsQuery, RoleBinding } from "#lib/people/schema";
import {
  type BindingRow,
  countEnabledAdmins,
  deleteBinding,
  findBinding,
  findUserIdByLogin,
  hasBinding,
  insertBinding,
  listBindingRows,
} from "#lib/people/store";
import { lockPeople } from "#lib/people/store-sign-in";

export async function listRoleBindings(
  ctx: Context,
  query: ListRoleBindingsQuery,
): Promise<Page<RoleBinding>> {
  authorize(ctx, "people.read");
  const keyset = createUuidKeyset(query.sort, { createdAt: "time" }, query.cursor);
  const filter = { userLogin: query.user, role: query.role };
  const rows = await listBindingRows(db(), filter, keyset, query.limit + 1);
  const page = cutUuidPage(rows, query.limit, keyset);
  const slugs = await listRegistrySlugs(
    db(),
    page.items.map((row) => row.registryId),
  );
  return {
    items: page.items.map((row) => showBinding(row, row.user.login, slugs)),
    nextCursor: page.nextCursor,
  };
}

export async function createRoleBinding(ctx: Context, input: CreateRoleBindingBody): Promise<RoleBinding> {
  authorize(ctx, "people.write");
  return db().$transaction(async (tx) => {
    await lockPeople(tx);
    const userId = await findUserIdByLogin(tx, input.user);
    if (!userId) throw new InvalidError("user", `There is no account ${input.user}.`);
    const registryId = await resolveRegistry(tx, input.registry);
    const binding = { userId, role: input.role, registryId, pattern: input.pattern };
    if (await hasBinding(tx, binding)) throw new ConflictError(`${input.user} holds this role already.`);
    const row = await insertBinding(tx, { ...binding, createdAt: ctx.now });
    await recordAudit(tx, ctx, {
      action: "role-binding.create",
      target: input.user,
      registryId: registryId ?? undefined,
      after: { role: input.role, registry: input.registry, pattern: input.pattern },
    });
    return showBinding(row, input.user, await listRegistrySlugs(tx, [registryId]));
  });
}

export async function deleteRoleBinding(ctx: Context, id: string): Promise<void> {
  authorize(ctx, "people.write");
  await db().$transaction(async (tx) => {
    await lockPeople(tx);
    const row = await findBinding(tx, id);
    if (!row) throw new NotFoundError("There is no such role binding.");
    if (row.source === "oidc")
      throw new ConflictError(
        "This role follows the groups of the identity provider: change the groups there, or the role map.",
      );
    const admins = await countEnabledAdmins(tx);
    await deleteBinding(tx, id);
    if (admins > 0) requireAdminLeft(await countEnabledAdmins(tx));
    const slugs = await listRegistrySlugs(tx, [row.registryId]);
    const { role, registry, pattern } = showBinding(row, row.user.login, slugs);
    await recordAudit(tx, ctx, {
      action: "role-binding.delete",
      target: row.user.login,
      registryId: row.registryId ?? undefined,
      before: { role, registry, pattern },
    });
  });
}

export function showBinding(row: BindingRow, login: string, slugs: ReadonlyMap<number, string>): RoleBinding {
  return {
    id: row.id,
    userId: row.userId,
    user: login,
    role: row.role,
    registry: row.registryId === null ? null : (slugs.get(row.registryId) ?? null),
    pattern: row.pattern,
    source: row.source,
    createdAt: row.createdAt.toISOString(),
  };
}
