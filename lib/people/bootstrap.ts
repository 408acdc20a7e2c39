import { recordAudit } from "#lib/audit/service";
import { createSystemContext } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { hashPassword } from "#lib/people/password";
import { countUsers, insertAdminBinding, insertUser, lockPeople } from "#lib/people/store-sign-in";

/**
 * Makes the account `admin` with the given password when there is no account at all. Of any number of processes that
 * start at once, one makes it; an existing account is never touched.
 */
export async function ensureFirstAdmin(password: string, now = new Date()): Promise<{ created: boolean }> {
  if ((await countUsers(db())) > 0) return { created: false };
  const passwordHash = await hashPassword(password);
  return db().$transaction(async (tx) => {
    await lockPeople(tx);
    if ((await countUsers(tx)) > 0) return { created: false };
    const user = await insertUser(tx, { login: "admin", name: "Admin", passwordHash, createdAt: now });
    await insertAdminBinding(tx, user.id);
    await recordAudit(tx, createSystemContext("start-up", now), {
      action: "user.create",
      target: "admin",
      after: { login: "admin", roles: ["admin"] },
    });
    return { created: true };
  });
}

/** Whether any account exists. */
export async function hasPeople(): Promise<boolean> {
  return (await countUsers(db())) > 0;
}
