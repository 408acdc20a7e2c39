import { getBaseOrigin } from "#lib/http/same-origin";
import { findWeakness } from "#lib/settings/weak-secret";

export class WeakSecretError extends Error {
  override readonly name = "WeakSecretError";
}

/**
 * The secret that session cookies are encrypted with. Throws, naming the setting, when it is missing, short or well
 * known: there is no default.
 */
export function getSessionSecret(): string {
  const secret = process.env.WHARFINGER_SESSION_SECRET?.trim() ?? "";
  const weakness = findWeakness(secret);
  if (weakness) throw new WeakSecretError(`WHARFINGER_SESSION_SECRET ${weakness}.`);
  return secret;
}

export function isSecureOrigin(): boolean {
  return getBaseOrigin().startsWith("https:");
}

/** With https the __Host- prefix: no other host or path can plant a cookie of this name. */
export function getSessionCookieName(): string {
  return `${isSecureOrigin() ? "__Host-" : ""}wharfinger.session`;
}

export function getCsrfCookieName(): string {
  return `${isSecureOrigin() ? "__Host-" : ""}wharfinger.csrf`;
}
