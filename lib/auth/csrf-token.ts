import { createHash, timingSafeEqual } from "node:crypto";
import { getSessionSecret } from "#lib/auth/session-secret";

/** The token in next-auth's CSRF cookie (`token|hash`), for the hidden field of a form; null unless we made it. */
export function readCsrfToken(cookie: string | undefined): string | null {
  if (!cookie) return null;
  const [token = "", hash = ""] = decodeCookie(cookie).split("|");
  const expected = Buffer.from(createHash("sha256").update(`${token}${getSessionSecret()}`).digest("hex"));
  const given = Buffer.from(hash);
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}

function decodeCookie(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
