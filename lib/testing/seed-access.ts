import { randomBytes } from "node:crypto";
import type { Db } from "#lib/db/client";
import { hashSecret } from "#lib/secrets/service";

/** Somebody who can be given access. */
export async function seedPrincipal(
  db: Db,
  kind: "robot" | "workload" | "group",
  name: string,
  more: { disabledAt?: Date; deletedAt?: Date } = {},
): Promise<string> {
  const row = await db.accessPrincipal.create({ data: { kind, name, createdBy: "test", ...more } });
  return row.id;
}

/** A person and their principal. */
export async function seedPerson(
  db: Db,
  login: string,
  more: { groups?: string[]; groupsAt?: Date; disabledAt?: Date } = {},
): Promise<{ userId: string; principalId: string }> {
  const user = await db.user.create({ data: { login, name: login, ...more } });
  const principal = await db.accessPrincipal.create({
    data: { kind: "user", name: login, userId: user.id, createdBy: "test" },
  });
  return { userId: user.id, principalId: principal.id };
}

export async function seedSecret(
  db: Db,
  principalId: string,
  more: { expiresAt?: Date; revokedAt?: Date } = {},
): Promise<{ id: string; value: string }> {
  const value = `wfs_${randomBytes(32).toString("base64url")}`;
  const secretHash = await hashSecret("registry-secret", value);
  const row = await db.accessSecret.create({
    data: { principalId, name: "test", prefix: value.slice(0, 8), secretHash, createdBy: "test", ...more },
  });
  return { id: row.id, value };
}

/** Pattern null is the grant of the catalogue. */
export async function seedGrant(
  db: Db,
  principalId: string,
  registryId: number,
  pattern: string | null,
  actions: string[] = pattern === null ? ["catalog"] : ["pull"],
  more: { expiresAt?: Date; revokedAt?: Date } = {},
): Promise<string> {
  const row = await db.grant.create({
    data: { principalId, registryId, pattern, actions, createdBy: "test", ...more },
  });
  return row.id;
}

export async function seedTrustRule(
  db: Db,
  principalId: string,
  rule: { issuer: string; audience: string; subjectPattern: string; claims?: Record<string, string> },
): Promise<string> {
  const row = await db.trustRule.create({ data: { principalId, createdBy: "test", ...rule } });
  return row.id;
}
