import { parseBearer } from "#lib/auth/bearer";
import { nobody, type Principal } from "#lib/auth/context";
import { readSessionId } from "#lib/auth/session-token";
import { findLiveApiKey, findLiveSession, touchApiKey, touchSession } from "#lib/auth/store";
import type { Client } from "#lib/http/client-address";
import { UnauthenticatedError } from "#lib/http/errors";
import { log } from "#lib/log/log";
import { hashSecret } from "#lib/secrets/service";

const touchAfterMs = 60_000;
/** A session that nobody used for this long is over. */
export const sessionIdleMs = 24 * 3_600_000;

/**
 * Who sent the request: an API key (bearer), a session (cookie), or nobody. Each call looks into the database, so a
 * revoked session, a disabled user and a changed role count from the next request on. A bearer that is not a live
 * key is 401 and never falls back to the cookie.
 */
export async function authenticate(headers: Headers, _client: Client): Promise<Principal> {
  const bearer = parseBearer(headers.get("authorization"));
  if (bearer.kind === "none") return authenticateSession(headers.get("cookie"));
  if (bearer.kind === "malformed")
    throw new UnauthenticatedError("The Authorization header must be: Bearer, a space and an API key.");
  return authenticateApiKey(bearer.token);
}

async function authenticateApiKey(secret: string): Promise<Principal> {
  const now = new Date();
  const key = await findLiveApiKey(await hashSecret("api-key", secret), now);
  if (!key)
    throw new UnauthenticatedError("This API key is not known here, has expired, or has been revoked.");
  const before = new Date(now.getTime() - touchAfterMs);
  if (!key.lastUsedAt || key.lastUsedAt < before) later(touchApiKey(key.id, now, before));
  return {
    kind: "api-key",
    id: key.id,
    name: key.name,
    bindings: key.binding ? [key.binding] : [],
    sessionId: null,
  };
}

async function authenticateSession(cookieHeader: string | null): Promise<Principal> {
  const id = await readSessionId(cookieHeader);
  if (!id) return nobody;
  const now = new Date();
  const session = await findLiveSession(id, now, new Date(now.getTime() - sessionIdleMs));
  if (!session) return nobody;
  const before = new Date(now.getTime() - touchAfterMs);
  if (session.lastSeenAt < before) later(touchSession(session.sessionId, now, before));
  return {
    kind: "user",
    id: session.userId,
    name: session.login,
    bindings: session.bindings,
    sessionId: session.sessionId,
  };
}

/** When it was last used is worth a write, not a wait. */
function later(write: Promise<void>): void {
  write.catch((error: unknown) => {
    log.warn({ name: error instanceof Error ? error.name : "unknown" }, "last use not recorded");
  });
}
