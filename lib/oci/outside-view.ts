import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { AddressGuard, type Resolver } from "#lib/oci/address-guard";
import { type Challenge, parseChallenges } from "#lib/oci/challenge";
import { parseBaseUrl } from "#lib/oci/client";
import { headerOf } from "#lib/oci/registry-answer";
import { type HttpMethod, type Timeouts, Transport } from "#lib/oci/transport";

export type OutsideViewOptions = {
  /** Scheme, host and port of the registry. */
  origin: string;
  allowedNetworks: readonly string[];
  caPem?: string;
  userAgent: string;
  resolver?: Resolver;
  timeouts?: Partial<Timeouts>;
};

export type OutsideAnswer = {
  status: number;
  challenges: readonly Challenge[];
  /** The clock of whoever answered. */
  date: Date | null;
  location: string | null;
  body: Buffer;
};

const maxAnswerBytes = 1024 * 1024;

/**
 * Looks at a registry as a stranger would: no credentials, no redirects, no second try, nothing remembered. What
 * header is sent is the caller's word alone.
 */
export class OutsideView {
  readonly origin: string;
  readonly #guard: AddressGuard;
  readonly #transport: Transport;
  readonly #userAgent: string;
  readonly #resolver: Resolver;

  constructor(options: OutsideViewOptions) {
    const { allowedNetworks, caPem, timeouts } = options;
    const resolver: Resolver = options.resolver ?? ((hostname) => lookup(hostname, { all: true }));
    this.#resolver = resolver;
    this.origin = parseBaseUrl(options.origin);
    this.#userAgent = options.userAgent;
    this.#guard = new AddressGuard({ allowedNetworks, resolver });
    this.#guard.checkHost(new URL(this.origin).hostname);
    this.#transport = new Transport({ guard: this.#guard, caPem, connections: 2, timeouts });
  }

  /** One request to the registry. `path` begins with a slash and holds checked names only. */
  ask(method: HttpMethod, path: string, token?: string, signal?: AbortSignal): Promise<OutsideAnswer> {
    return this.#send(method, this.origin, path, token, signal);
  }

  /** Asks a token service without credentials. */
  askRealm(realm: URL, query: Record<string, string>, signal?: AbortSignal): Promise<OutsideAnswer> {
    this.#guard.checkHost(realm.hostname);
    const url = new URL(realm);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return this.#send("GET", url.origin, url.pathname + url.search, undefined, signal);
  }

  /** What a name leads to, allowed or not: nothing is connected to. Empty when it leads nowhere. */
  async findAddresses(hostname: string): Promise<string[]> {
    const bare = hostname.replace(/^\[|\]$/g, "");
    if (isIP(bare) !== 0) return [bare];
    return this.#resolver(bare).then(
      (found) => found.map(({ address }) => address),
      () => [],
    );
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async #send(
    method: HttpMethod,
    origin: string,
    path: string,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<OutsideAnswer> {
    const headers = ["user-agent", this.#userAgent, "accept-encoding", "identity", "accept", "*/*"];
    if (token !== undefined) headers.push("authorization", `Bearer ${token}`);
    const answer = await this.#transport.send({
      method,
      origin,
      path,
      headers,
      maxBytes: maxAnswerBytes,
      signal,
    });
    const date = new Date(headerOf(answer.headers, "date") ?? "");
    return {
      status: answer.status,
      challenges: parseChallenges(answer.headers["www-authenticate"]),
      date: Number.isNaN(date.getTime()) ? null : date,
      location: headerOf(answer.headers, "location") ?? null,
      body: answer.body,
    };
  }
}
