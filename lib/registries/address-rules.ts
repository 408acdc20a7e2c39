import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { InvalidError } from "#lib/http/errors";
import { judgeAddress, parseNetworks } from "#lib/oci/address-guard";
import { parseBaseUrl } from "#lib/oci/client";
import { isRegistryError } from "#lib/oci/errors";

/**
 * Refuses an address that leads where nobody has allowed us to go, and says which network would have to be allowed.
 * A name that cannot be resolved now is let through: the connection itself is judged again each time.
 */
export async function requireAllowedAddress(url: string, allowedNetworks: readonly string[]): Promise<void> {
  const networks = parseNetworks(allowedNetworks);
  const host = new URL(readOrigin(url)).hostname.replace(/^\[|\]$/g, "");
  for (const address of await resolveHost(host)) {
    const verdict = judgeAddress(address, networks);
    if (verdict === "allowed") continue;
    if (verdict === "never")
      throw new InvalidError(
        "url",
        `${place(host, address)} is refused: link-local, metadata, multicast and reserved addresses are never asked.`,
      );
    throw new InvalidError(
      "url",
      `${place(host, address)} is in a private network. An admin can allow ${suggestNetwork(address)} under Settings, Allowed networks (POST /api/v1/allowed-networks).`,
    );
  }
}

/** The networks that an admin would have to allow for this address, each as small as can be. */
export async function listBlockedNetworks(
  url: string,
  allowedNetworks: readonly string[],
): Promise<string[]> {
  const networks = parseNetworks(allowedNetworks);
  const host = new URL(readOrigin(url)).hostname.replace(/^\[|\]$/g, "");
  const addresses = await resolveHost(host);
  return addresses
    .filter((address) => judgeAddress(address, networks) === "needs-permission")
    .map(suggestNetwork);
}

function readOrigin(url: string): string {
  try {
    return parseBaseUrl(url);
  } catch (error) {
    if (isRegistryError(error)) throw new InvalidError("url", error.message);
    throw error;
  }
}

async function resolveHost(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    const found = await lookup(host, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  } catch {
    return [];
  }
}

function place(host: string, address: string): string {
  return host === address ? address : `${host} (${address})`;
}

/** The smallest network that holds just this address. */
export function suggestNetwork(address: string): string {
  const parsed = ipaddr.process(address);
  return `${parsed.toString()}/${parsed.kind() === "ipv4" ? 32 : 128}`;
}
