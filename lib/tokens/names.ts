import { getBaseOrigin } from "#lib/http/same-origin";

/** The iss of every token: the console's public address. */
export function formatIssuer(): string {
  return getBaseOrigin();
}

/** Where registries send their clients for tokens. */
export function formatRealm(): string {
  return `${getBaseOrigin()}/api/token`;
}
