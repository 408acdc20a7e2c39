import { recordAudit } from "#lib/audit/service";
import { createSystemContext } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { lockAccess } from "#lib/principals/lock-access";
import {
  findPrincipalByName,
  findUserOf,
  insertPrincipal,
  isPrincipalNameTaken,
} from "#lib/principals/store";
import { endSecret, findSecretByHash, insertSecret, listSecretRows } from "#lib/principals/store-secrets";
import { hashSecret } from "#lib/secrets/service";

/** The name of secrets that a start brings; a start with another one ends those before. */
const startUpSecret = "start-up";

/**
 * A robot that signs in with a secret given from outside, such as a setting. Made when there never was one of that
 * name; one that somebody deleted or disabled stays so. Returns its id.
 */
export async function ensureRobotLogin(login: {
  name: string;
  description: string;
  secret: string;
}): Promise<{ id: string }> {
  const ctx = createSystemContext("start-up");
  const { name, description } = login;
  const secretHash = await hashSecret("registry-secret", login.secret);
  const stamp = { createdAt: ctx.now, createdBy: ctx.principal.name };
  return db().$transaction(async (tx) => {
    await lockAccess(tx);
    const found = await findPrincipalByName(tx, "robot", name);
    const id =
      found?.id ?? (await insertPrincipal(tx, { kind: "robot", name, description, ownerId: null, ...stamp }));
    if (!found)
      await recordAudit(tx, ctx, {
        action: "principal.create",
        target: `robot:${name}`,
        after: { kind: "robot", name, description, owner: null },
      });
    if (found?.deletedAt) return { id };
    const known = await findSecretByHash(tx, secretHash);
    if (known) return { id };
    for (const row of await listSecretRows(tx, id))
      if (row.name === startUpSecret && row.createdBy === ctx.principal.name)
        await endSecret(tx, row.id, ctx.now);
    // No part of it is shown: it may be a password that somebody chose.
    await insertSecret(tx, {
      principalId: id,
      name: startUpSecret,
      prefix: "",
      secretHash,
      expiresAt: null,
      ...stamp,
    });
    await recordAudit(tx, ctx, {
      action: "registry-secret.create",
      target: `robot:${name}`,
      after: { name: startUpSecret },
    });
    return { id };
  });
}

/** Whether there is or ever was one of this name. */
export async function isPrincipalKnown(kind: "robot" | "workload" | "group", name: string): Promise<boolean> {
  return db().$transaction((tx) => isPrincipalNameTaken(tx, kind, name));
}

export async function hasAccount(login: string): Promise<boolean> {
  return (await db().$transaction((tx) => findUserOf(tx, { login }))) !== null;
}
