import ipaddr from "ipaddr.js";

/**
 * The client's address: the peer, or what trusted proxies say. X-Forwarded-For is read from the right and only as
 * far as each hop is a trusted proxy (CIDRs), because everything left of that can be written by the client.
 */
export function readRemoteAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: readonly string[],
): string | null {
  const direct = normalise(peer);
  if (!direct || !forwardedFor || !isTrusted(direct, trustedProxies)) return direct;
  const hops = forwardedFor.split(",").map((hop) => normalise(hop.trim()));
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = hops[index];
    if (!hop) return direct;
    if (index === 0 || !isTrusted(hop, trustedProxies)) return hop;
  }
  return direct;
}

/** Most requests come from few addresses; parsing one costs more than all the rest of the entry. */
let normalised = new Map<string, string | null>();
const maxNormalised = 10_000;

function normalise(text: string | undefined): string | null {
  if (!text) return null;
  const known = normalised.get(text);
  if (known !== undefined) return known;
  const address = ipaddr.isValid(text) ? ipaddr.process(text).toString() : null;
  if (normalised.size >= maxNormalised) normalised = new Map();
  normalised.set(text, address);
  return address;
}

function isTrusted(address: string, cidrs: readonly string[]): boolean {
  const parsed = ipaddr.process(address);
  return cidrs.some((cidr) => {
    if (!ipaddr.isValidCIDR(cidr)) return false;
    const [range, bits] = ipaddr.parseCIDR(cidr);
    return range.kind() === parsed.kind() && parsed.match([range, bits] as never);
  });
}
