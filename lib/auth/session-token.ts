import { decode } from "next-auth/jwt";
import { getSessionCookieName, getSessionSecret } from "#lib/auth/session-secret";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One cookie of a Cookie header. A name that is given twice counts as absent: nobody can say which one is ours. */
export function readCookie(header: string | null, name: string): string | null {
  if (!header) return null;
  const values = header
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** The session id inside the encrypted session cookie, or null when there is none that we made. */
export async function readSessionId(cookieHeader: string | null): Promise<string | null> {
  const token = readCookie(cookieHeader, getSessionCookieName());
  if (!token || token.length > 4000) return null;
  try {
    const payload = await decode({ token, secret: getSessionSecret() });
    const id = payload?.sid;
    return typeof id === "string" && uuid.test(id) ? id : null;
  } catch {
    return null;
  }
}
