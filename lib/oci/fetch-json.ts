import { AddressGuard, parseHttpUrl, type Resolver } from "#lib/oci/address-guard";
import { RegistryError } from "#lib/oci/errors";
import type { JsonObject } from "#lib/oci/json";
import { parseJsonObject } from "#lib/oci/json-fields";
import { Transport } from "#lib/oci/transport";

export type FetchJsonOptions = {
  allowedNetworks: readonly string[];
  userAgent: string;
  maxBytes: number;
  deadlineMs: number;
  resolver?: Resolver;
};

/**
 * Reads one public JSON document, such as the keys of an issuer, through the same guarded transport as registries:
 * judged addresses only, no credentials, no redirects, bounded in size and time.
 */
export async function fetchJson(address: string, options: FetchJsonOptions): Promise<JsonObject> {
  const url = parseHttpUrl(address);
  const { allowedNetworks, resolver, deadlineMs, maxBytes, userAgent } = options;
  const guard = new AddressGuard({ allowedNetworks, resolver });
  guard.checkHost(url.hostname);
  const timeouts = { connectMs: deadlineMs, headersMs: deadlineMs, idleMs: deadlineMs, deadlineMs };
  const transport = new Transport({ guard, connections: 1, timeouts });
  try {
    const answer = await transport.send({
      method: "GET",
      origin: url.origin,
      path: url.pathname + url.search,
      headers: ["user-agent", userAgent, "accept", "application/json", "accept-encoding", "identity"],
      maxBytes,
    });
    if (answer.status !== 200)
      throw new RegistryError("invalid-response", `${url.origin} answered ${answer.status} instead of 200.`, {
        status: answer.status,
      });
    return parseJsonObject(answer.body, `The answer of ${url.origin}`, { maxBytes, maxDepth: 16 });
  } finally {
    void transport.close();
  }
}
