import { parseHttpUrl } from "#lib/oci/address-guard";
import { isRegistryError, RegistryError } from "#lib/oci/errors";

/**
 * Decides whether a token may be asked for at the realm that a challenge names. Credentials go to the realm that
 * was confirmed at set-up or to the registry's own host, and nobody is led from https to http.
 */
export function checkRealm(
  realm: string,
  options: { registryOrigin: string; pinnedRealm?: string; hasCredentials: boolean },
): URL {
  let url: URL;
  try {
    url = parseHttpUrl(realm);
  } catch (error) {
    const reason = isRegistryError(error) ? error.message : "it is no valid address";
    throw new RegistryError(
      "realm-refused",
      `The registry names a token service that cannot be used. ${reason}`,
    );
  }
  const shown = url.origin + url.pathname;
  const registry = new URL(options.registryOrigin);
  if (registry.protocol === "https:" && url.protocol === "http:") {
    const sentence = `The registry is reached by https but names the unprotected token service ${shown}; it is refused.`;
    throw new RegistryError("realm-refused", sentence, { realm: shown });
  }
  if (!options.hasCredentials || url.hostname === registry.hostname) return url;
  if (options.pinnedRealm !== undefined && URL.parse(options.pinnedRealm)?.origin === url.origin) return url;
  const sentence = `The registry wants its credentials sent to ${shown}, which is another host. Confirm this token service in the registry's settings if it is right.`;
  throw new RegistryError("realm-refused", sentence, { realm: shown });
}
