import type { Binding } from "#lib/auth/context";
import { type Role, roles } from "#lib/auth/permissions";
import { db } from "#lib/db/client";

export interface SessionRow {
  sessionId: string;
  userId: string;
  login: string;
  lastSeenAt: Date;
  bindings: Binding[];
}

export interface ApiKeyRow {
  id: string;
  name: string;
  lastUsedAt: Date | null;
  binding: Binding | null;
}

interface RawBinding {
  role: string;
  registryId: number | null;
  pattern: string | null;
}

/** A session that is alive now, with the roles its user holds now: one query, nothing cached. */
export async function findLiveSession(id: string, now: Date, idleSince: Date): Promise<SessionRow | null> {
  const rows = await db().$queryRaw<
    {
      session_id: string;
      user_id: string;
      login: string;
      last_seen_at: Date;
      bindings: RawBinding[] | null;
    }[]
  >`
    SELECT s.id AS session_id, u.id AS user_id, u.login, s.last_seen_at,
      (SELECT json_agg(json_build_object('role', b.role, 'registryId', b.registry_id, 'pattern', b.pattern))
         FROM role_binding b WHERE b.user_id = u.id) AS bindings
    FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.id = ${id}::uuid AND s.revoked_at IS NULL AND s.expires_at > ${now} AND s.last_seen_at > ${idleSince}
      AND u.disabled_at IS NULL`;
  const row = rows[0];
  if (!row) return null;
  return {
    sessionId: row.session_id,
    userId: row.user_id,
    login: row.login,
    lastSeenAt: row.last_seen_at,
    bindings: (row.bindings ?? []).flatMap((binding) => toBinding(binding) ?? []),
  };
}

/** A key that is alive now; one whose owner is disabled is dead. */
export async function findLiveApiKey(secretHash: string, now: Date): Promise<ApiKeyRow | null> {
  const rows = await db().$queryRaw<
    {
      id: string;
      name: string;
      last_used_at: Date | null;
      role: string;
      registry_id: number | null;
      pattern: string | null;
    }[]
  >`
    SELECT k.id, k.name, k.last_used_at, k.role, k.registry_id, k.pattern
    FROM api_key k LEFT JOIN "user" u ON u.id = k.owner_id
    WHERE k.secret_hash = ${secretHash} AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now})
      AND (k.owner_id IS NULL OR u.disabled_at IS NULL)`;
  const row = rows[0];
  if (!row) return null;
  return {
    id: row.id,
    name: row.name,
    lastUsedAt: row.last_used_at,
    binding: toBinding({ role: row.role, registryId: row.registry_id, pattern: row.pattern }),
  };
}

/** A role that this version does not know gives nothing. */
function toBinding(raw: RawBinding): Binding | null {
  const role = roles.find((known): known is Role => known === raw.role);
  return role ? { role, registryId: raw.registryId, pattern: raw.pattern } : null;
}

export async function touchSession(id: string, now: Date, before: Date): Promise<void> {
  await db().session.updateMany({
    where: { id, lastSeenAt: { lt: before } },
    data: { lastSeenAt: now },
  });
}

export async function touchApiKey(id: string, now: Date, before: Date): Promise<void> {
  await db().apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
    data: { lastUsedAt: now },
  });
}
