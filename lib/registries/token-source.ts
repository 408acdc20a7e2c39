import type { TokenSource } from "#lib/oci/token-auth";
import { formatRealm } from "#lib/tokens/names";
import { issueConsoleToken } from "#lib/tokens/service-console";

/**
 * For a registry that asks this console who may do what: the console's own tokens, made in this process. They are of
 * this registry's key alone, so a registry that lies about its realm gets nothing that is worth anything elsewhere.
 */
export function createTokenSource(registry: { id: number; slug: string; url: string }): TokenSource {
  return {
    accepts: (realm, service) => service === registry.slug && isOurs(realm, registry.url),
    issue: (scopes) => issueConsoleToken(registry.id, scopes),
  };
}

/** At our address, or behind the registry's own name, where a proxy sends it to us. */
function isOurs(realm: URL, registryUrl: string): boolean {
  const ours = new URL(formatRealm());
  if (realm.pathname !== ours.pathname) return false;
  return realm.origin === ours.origin || realm.hostname === new URL(registryUrl).hostname;
}
