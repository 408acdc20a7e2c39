import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { listRegistrySlugs, resolveRegistry } from "#lib/auth/place";
import { db, type Tx } from "#lib/db/client";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import { createUuidKeyset, cutUuidPage } from "#lib/http/uuid-keyset";
import { generatePassword, hashPassword } from "#lib/people/password";
import { requireAdminLeft } from "#lib/people/require-admin-left";
import type { ChangeUserBody, CreateUserBody, ListUsersQuery, User } from "#lib/people/schema";
import { showBinding } from "#lib/people/service-role-bindings";
import {
  countEnabledAdmins,
  findUser,
  insertBinding,
  listUserRows,
  type UserRow,
  updateUser,
} from "#lib/people/store";
import { findByLogin, insertUser, lockPeople } from "#lib/people/store-sign-in";
import { endSessionsOf } from "#lib/sessions/service";

export async function listUsers(ctx: Context, query: ListUsersQuery): Promise<Page<User>> {
  authorize(ctx, "people.read");
  const keyset = createUuidKeyset(query.sort, { login: "text", createdAt: "time" }, query.cursor);
  const rows = await listUserRows({ q: query.q, state: query.state }, keyset, query.limit + 1, db());
  const page = cutUuidPage(rows, query.limit, keyset);
  return { items: await showUsers(db(), page.items), nextCursor: page.nextCursor };
}

export async function getUser(ctx: Context, id: string): Promise<User> {
  authorize(ctx, "people.read");
  return showUser(db(), await getRow(db(), id));
}

/** A local account. The password is made up when none is given, and answered this once. */
export async function createUser(
  ctx: Context,
  input: CreateUserBody,
): Promise<{ user: User; password: string | null }> {
  authorize(ctx, "people.write");
  const generated = input.password === undefined ? generatePassword() : null;
  const passwordHash = await hashPassword(input.password ?? generated ?? "");
  const user = await db().$transaction(async (tx) => {
    await lockPeople(tx);
    if (await findByLogin(tx, input.login))
      throw new ConflictError(`There is a login ${input.login} already.`, "login-taken");
    const { login, name, email } = input;
    const row = await insertUser(tx, { login, name, email, passwordHash, createdAt: ctx.now });
    const places = new Set<string>();
    for (const [index, { role, registry, pattern }] of input.roles.entries()) {
      const key = JSON.stringify([role, registry, pattern]);
      if (places.has(key)) throw new InvalidError(`roles.${index}`, "This role is given twice.");
      places.add(key);
      const registryId = await resolveRegistry(tx, registry, `roles.${index}.registry`);
      await insertBinding(tx, { userId: row.id, role, registryId, pattern, createdAt: ctx.now });
    }
    await recordAudit(tx, ctx, {
      action: "user.create",
      target: login,
      after: { login, name, email, roles: input.roles },
    });
    return showUser(tx, await getRow(tx, row.id));
  });
  return { user, password: generated };
}

/** Renames, disables or enables. A disabled account is signed out everywhere and its API keys are dead. */
export async function changeUser(ctx: Context, id: string, change: ChangeUserBody): Promise<User> {
  authorize(ctx, "people.write");
  return db().$transaction(async (tx) => {
    await lockPeople(tx);
    const row = await getRow(tx, id);
    const disabledAt = prepareDisabledAt(row, change.disabled, ctx.now);
    const admins = await countEnabledAdmins(tx);
    await updateUser(tx, id, { name: change.name, email: change.email, disabledAt });
    if (disabledAt && !row.disabledAt) {
      if (admins > 0) requireAdminLeft(await countEnabledAdmins(tx));
      await endSessionsOf(tx, id, ctx.now);
    }
    const after = await getRow(tx, id);
    await recordAudit(tx, ctx, {
      action: nameChange(row, after),
      target: row.login,
      before: summarise(row),
      // Their robots go on working: how many, whoever reads this may want to hand over.
      after: { ...summarise(after), ...(disabledAt && { answersFor: after._count.ownedPrincipals }) },
    });
    return showUser(tx, after);
  });
}

/** A new password, made up and answered this once. Every session of the account ends. */
export async function resetPassword(ctx: Context, id: string): Promise<{ password: string }> {
  authorize(ctx, "people.write");
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  await db().$transaction(async (tx) => {
    const row = await getRow(tx, id);
    if (row.oidcSubject !== null)
      throw new ConflictError(
        `${row.login} signs in through the identity provider and has no password here.`,
      );
    await updateUser(tx, id, { passwordHash });
    const ended = await endSessionsOf(tx, id, ctx.now);
    await recordAudit(tx, ctx, {
      action: "user.reset-password",
      target: row.login,
      after: { sessionsEnded: ended },
    });
  });
  return { password };
}

async function getRow(tx: Tx, id: string): Promise<UserRow> {
  const row = await findUser(tx, id);
  if (!row) throw new NotFoundError("There is no such account.");
  return row;
}

function prepareDisabledAt(row: UserRow, disabled: boolean | undefined, now: Date): Date | null | undefined {
  if (disabled === undefined) return undefined;
  return disabled ? (row.disabledAt ?? now) : null;
}

function nameChange(before: UserRow, after: UserRow): string {
  if (!before.disabledAt && after.disabledAt) return "user.disable";
  return before.disabledAt && !after.disabledAt ? "user.enable" : "user.change";
}

function summarise(row: UserRow) {
  return { name: row.name, email: row.email, disabled: row.disabledAt !== null };
}

async function showUser(tx: Tx, row: UserRow): Promise<User> {
  const [user] = await showUsers(tx, [row]);
  if (!user) throw new NotFoundError("There is no such account.");
  return user;
}

async function showUsers(tx: Tx, rows: readonly UserRow[]): Promise<User[]> {
  const ids = rows.flatMap((row) => row.roleBindings.map((binding) => binding.registryId));
  const slugs = await listRegistrySlugs(tx, ids);
  return rows.map((row) => ({
    id: row.id,
    login: row.login,
    name: row.name,
    email: row.email,
    kind: row.oidcSubject === null ? "local" : "oidc",
    groups: row.groups,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    answersFor: row._count.ownedPrincipals,
    roles: row.roleBindings.map((binding) => showBinding(binding, row.login, slugs)),
  }));
}
