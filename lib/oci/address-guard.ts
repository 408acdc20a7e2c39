import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

import { RegistryError } from "#lib/oci/errors";

export type ResolvedAddress = { address: string; family: number };
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];
export type AddressVerdict = "allowed" | "needs-permission" | "never";

/** Answers of machine metadata and host services that lie outside the link-local networks. */
const metadataAddresses = new Set([
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
]);
const permissible = new Set(["loopback", "private", "carrierGradeNat", "uniqueLocal"]);
const nat64 = ipaddr.parseCIDR("64:ff9b::/96");
const v4Compatible = ipaddr.parseCIDR("::/96");

/** Networks in CIDR notation, or single addresses; a bad entry is named. */
export function parseNetworks(entries: readonly string[]): Network[] {
  return entries.map((entry) => {
    try {
      if (entry.includes("/")) return ipaddr.parseCIDR(entry);
      const address = ipaddr.parse(entry);
      return [address, address.kind() === "ipv4" ? 32 : 128];
    } catch {
      throw new RegistryError("invalid-request", `"${entry}" is no network in CIDR notation.`, {
        field: "allowedNetworks",
      });
    }
  });
}

/**
 * Judges one address. Public addresses are allowed; loopback, private and carrier-grade ones only if a network
 * of the list holds them; link-local, metadata, multicast, unspecified and reserved ones never. Addresses that
 * carry an IPv4 address inside are judged by that.
 */
export function judgeAddress(text: string, networks: readonly Network[]): AddressVerdict {
  if (isIP(text) === 0 || text.includes("%")) return "never";
  const address = unwrap(ipaddr.parse(plainNotation(text)));
  if (address === null || metadataAddresses.has(address.toString())) return "never";
  const range = address.range();
  if (range === "unicast") return "allowed";
  if (!permissible.has(range)) return "never";
  const permitted = networks.some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  );
  return permitted ? "allowed" : "needs-permission";
}

/** ipaddr.js takes `::127.0.0.1` for a mapped address, which it is not: so dots are written as hex first. */
function plainNotation(text: string): string {
  return text.includes(":") && text.includes(".") ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
}

function unwrap(address: Address): Address | null {
  if (address.kind() === "ipv4") return address;
  const v6 = address as ipaddr.IPv6;
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address();
  if (v6.match(nat64)) return ipaddr.fromByteArray(v6.toByteArray().slice(12));
  if (v6.match(v4Compatible) && v6.toString() !== "::1") return null;
  return v6;
}

/**
 * Reads an http(s) address that somebody else wrote: a setting, a realm, a redirect. Refuses user names, trailing
 * dots and IP addresses in any but the usual notation, which are all used to get past lists.
 */
export function parseHttpUrl(text: string, base?: string): URL {
  const refuse = (problem: string) =>
    new RegistryError("address-refused", `The address ${shown(text)} is refused: ${problem}.`);
  if (text.length > 4096 || hasControlOrBlank(text))
    throw refuse("it has blanks or control characters or is too long");
  const url = URL.parse(text, base);
  if (url === null) throw refuse("it is no valid address");
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refuse("only http and https are used");
  if (url.username !== "" || url.password !== "") throw refuse("it holds a user name or password");
  if (url.hostname.endsWith(".")) throw refuse("the host name ends in a dot");
  if (url.hostname === "") throw refuse("it has no host");
  const written = /^[a-z]+:\/\/([^/?#\\]*)/i.exec(text)?.[1];
  if (isIP(url.hostname) === 4 && written !== undefined && written.replace(/:\d*$/, "") !== url.hostname) {
    throw refuse("the IP address is not in the usual notation");
  }
  return url;
}

function hasControlOrBlank(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= 0x20 || code === 0x7f) return true;
  }
  return false;
}

/** For sentences: no query, no credentials, short. */
function shown(text: string): string {
  const url = URL.parse(text);
  if (url !== null) return `${url.protocol}//${url.host}`;
  return `"${text
    .slice(0, 60)
    .replace(/[^\x21-\x7e]/g, "?")
    .replace(/[^/@]*@/, "")}"`;
}

const defaultResolver: Resolver = (hostname) => lookup(hostname, { all: true, verbatim: true });

/**
 * Decides where connections may go. A name is resolved once per connection, every address it has is judged, and
 * the connection goes to one of exactly those addresses, so a second answer of the name server changes nothing.
 */
export class AddressGuard {
  readonly #networks: Network[];
  readonly #resolver: Resolver;

  constructor(options: { allowedNetworks: readonly string[]; resolver?: Resolver }) {
    this.#networks = parseNetworks(options.allowedNetworks);
    this.#resolver = options.resolver ?? defaultResolver;
  }

  /** Throws unless this literal address may be asked; host names are judged when they are resolved. */
  checkHost(hostname: string): void {
    const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
    if (isIP(bare) !== 0) this.#check(bare, bare);
  }

  /** Resolves a host name (or takes a literal) to addresses that have all been judged. */
  async resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
    const family = isIP(bare);
    if (family !== 0) {
      this.#check(bare, bare);
      return [{ address: bare, family }];
    }
    let addresses: readonly ResolvedAddress[];
    try {
      addresses = await this.#resolver(bare);
    } catch (error) {
      throw unresolved(bare, error);
    }
    if (addresses.length === 0) throw unresolved(bare, null);
    for (const { address } of addresses) this.#check(address, bare);
    return addresses.map(({ address }) => ({ address, family: isIP(address) }));
  }

  #check(address: string, host: string): void {
    const verdict = judgeAddress(address, this.#networks);
    if (verdict === "allowed") return;
    const place = address === host ? address : `${host} (${address})`;
    const sentence =
      verdict === "never"
        ? `${place} is refused: link-local, metadata, multicast and reserved addresses are never asked.`
        : `${place} is in a private network that no administrator has allowed.`;
    throw new RegistryError(
      "address-refused",
      sentence,
      verdict === "needs-permission" ? { address } : undefined,
    );
  }

  /** For `net.connect`: hands over judged addresses only. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.resolve(hostname).then(
      (addresses) => {
        const wanted = addresses.filter(({ family }) => !options.family || options.family === family);
        const first = wanted[0];
        if (options.all === true) callback(null, [...wanted]);
        else if (first === undefined) callback(unresolved(hostname, null), "");
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : unresolved(hostname, error), ""),
    );
  };
}

function unresolved(hostname: string, error: unknown): RegistryError {
  const systemCode = error instanceof Error && "code" in error ? String(error.code) : undefined;
  return new RegistryError("name-not-resolved", `The host name ${hostname} could not be resolved.`, {
    systemCode,
  });
}
