import { recordAudit } from "#lib/audit/service";
import { createSystemContext } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { ConflictError, InvalidError } from "#lib/http/errors";
import { isLogin } from "#lib/people/login";
import { generatePassword, hashPassword } from "#lib/people/password";
import { findUser, updateUser } from "#lib/people/store";
import { findByLogin, insertAdminBinding, insertUser, lockPeople } from "#lib/people/store-sign-in";
import { endSessionsOf } from "#lib/sessions/service";

/**
 * For the command line: a local account of this login that is enabled, is admin everywhere and has the password
 * that is returned. Its sessions end.
 */
export async function resetLostAdmin(
  login: string,
  now = new Date(),
): Promise<{ login: string; password: string; created: boolean }> {
  if (!isLogin(login)) throw new InvalidError("login", `${login.slice(0, 80)} cannot be a login.`);
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const created = await db().$transaction(async (tx) => {
    await lockPeople(tx);
    const present = await findByLogin(tx, login);
    const profile = present ? await findUser(tx, present.id) : null;
    if (profile && profile.oidcSubject !== null)
      throw new ConflictError(`${login} signs in through the identity provider. Choose another login.`);
    const user = present ?? (await insertUser(tx, { login, name: login, createdAt: now }));
    await updateUser(tx, user.id, { passwordHash, disabledAt: null });
    await insertAdminBinding(tx, user.id);
    await endSessionsOf(tx, user.id, now);
    await recordAudit(tx, createSystemContext("command line", now), {
      action: present ? "user.reset-password" : "user.create",
      target: login,
      after: { roles: ["admin"], disabled: false },
    });
    return present === null;
  });
  return { login, password, created };
}
