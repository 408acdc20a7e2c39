import { type Challenge, parseChallenges } from "#lib/oci/challenge";
import { basicHeader, identityOf, type RegistryCredentials, secretsOf } from "#lib/oci/credentials";
import { isRegistryError, type RegistryError } from "#lib/oci/errors";
import { aborted } from "#lib/oci/pause";
import { checkRealm } from "#lib/oci/realm";
import { canonicalScopes, scopesToAsk, splitScopes } from "#lib/oci/scope";
import { type CachedToken, TokenCache, tokenCacheKey } from "#lib/oci/token-cache";
import { fetchToken, type IssuedToken } from "#lib/oci/token-request";
import type { TransportRequest, TransportResponse } from "#lib/oci/transport";

/** Makes tokens without asking anybody, where a challenge names a token service that is this very process. */
export type TokenSource = {
  accepts(realm: URL, service: string | null): boolean;
  issue(scopes: readonly string[]): Promise<IssuedToken>;
};

export type AuthenticatorOptions = {
  registryOrigin: string;
  credentials: RegistryCredentials;
  /** Asked first; the credentials are for every other challenge. */
  tokenSource?: TokenSource;
  pinnedRealm?: string;
  userAgent: string;
  send: (request: TransportRequest) => Promise<TransportResponse>;
  checkHost: (hostname: string) => void;
  cache?: TokenCache;
  now?: () => number;
};

type Mode =
  | { kind: "unknown" }
  | { kind: "basic" }
  | { kind: "static" }
  | { kind: "bearer"; realm: URL; service: string | null; source: TokenSource | null };

/** A token younger than this that is refused is not fetched again: the registry means it. */
const freshForMs = 3_000;
/** How long a refusal by the token service is taken for an answer, so that a crawl does not hammer it. */
const refusalForMs = 5_000;
const maxRemembered = 1_000;

/**
 * Finds the Authorization header for requests to one registry. After the first challenge it knows the way and
 * asks for tokens beforehand, one request at a time for the same token.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #cache: TokenCache;
  readonly #now: () => number;
  readonly #identity: readonly string[];
  readonly #pending = new Map<string, Promise<CachedToken>>();
  readonly #refused = new Map<string, { error: RegistryError; untilMs: number }>();
  /** Scopes that a challenge named for a wanted set, where they differ from it. */
  readonly #asked = new Map<string, readonly string[]>();
  #mode: Mode;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#cache = options.cache ?? new TokenCache();
    this.#now = options.now ?? Date.now;
    this.#identity = identityOf(options.credentials);
    this.#mode = options.credentials.kind === "token" ? { kind: "static" } : { kind: "unknown" };
  }

  get scheme(): "none" | "basic" | "bearer" {
    if (this.#mode.kind === "bearer" || this.#mode.kind === "static") return "bearer";
    return this.#mode.kind === "basic" ? "basic" : "none";
  }

  /** The token service in use, once a challenge has named it. */
  get realm(): string | null {
    return this.#mode.kind === "bearer" ? this.#mode.realm.origin + this.#mode.realm.pathname : null;
  }

  /** Whether the tokens in use are made by our own source. */
  get isOwn(): boolean {
    return this.#mode.kind === "bearer" && this.#mode.source !== null;
  }

  /** Whether the registry knows who asks: by tokens for our credentials, or by our own. */
  get isKnown(): boolean {
    return this.#mode.kind === "bearer" && (this.isOwn || this.#options.credentials.kind !== "none");
  }

  /** The header to begin with: null before the first challenge, a promise while a token is fetched. */
  headerFor(scopes: readonly string[], signal?: AbortSignal): string | null | Promise<string | null> {
    const mode = this.#mode;
    const { credentials } = this.#options;
    if (mode.kind === "basic") {
      return credentials.kind === "basic" ? basicHeader(credentials.username, credentials.password) : null;
    }
    if (mode.kind === "static") return credentials.kind === "token" ? `Bearer ${credentials.token}` : null;
    if (mode.kind === "unknown") return null;
    const ask = this.#scopesFor(scopes);
    const known = this.#cache.find(this.#key(mode, ask), this.#now());
    return known !== null ? known.header : this.#token(mode, ask, signal).then((token) => token.header);
  }

  /**
   * The header to try again with after a 401, or null if there is nothing better than what was sent. Throws
   * `realm-refused` or what the token service made of the request.
   */
  async answerChallenge(
    challengeHeader: string | readonly string[] | undefined,
    scopes: readonly string[],
    sent: string | null,
    signal?: AbortSignal,
  ): Promise<string | null> {
    const challenges = parseChallenges(challengeHeader);
    const { credentials } = this.#options;
    const basic =
      credentials.kind === "basic" && challenges.some((challenge) => challenge.scheme === "basic");
    const bearer = challenges.find(
      (challenge) => challenge.scheme === "bearer" && challenge.parameters.realm,
    );
    if (bearer !== undefined) {
      try {
        return await this.#answerBearer(bearer, scopes, sent, signal);
      } catch (error) {
        if (!basic || !isRegistryError(error, "realm-refused")) throw error;
      }
    }
    if (!basic) return null;
    // Several first requests may be challenged at once: only what was sent tells whether it was refused.
    const header = basicHeader(credentials.username, credentials.password);
    this.#mode = { kind: "basic" };
    return header === sent ? null : header;
  }

  async #answerBearer(
    challenge: Challenge,
    scopes: readonly string[],
    sent: string | null,
    signal?: AbortSignal,
  ): Promise<string | null> {
    const mode = this.#bearerMode(challenge);
    const ask = scopesToAsk(splitScopes(challenge.parameters.scope), scopes);
    this.#remember(scopes, ask);
    const key = this.#key(mode, ask);
    const known = this.#cache.find(key, this.#now());
    if (known !== null) {
      this.#mode = mode;
      if (known.header !== sent) return known.header;
      if (this.#now() - known.fetchedAtMs < freshForMs) return null;
      this.#cache.forget(key);
    }
    const token = await this.#token(mode, ask, signal);
    this.#mode = mode;
    return token.header;
  }

  #bearerMode(challenge: Challenge): Mode & { kind: "bearer" } {
    const { registryOrigin, pinnedRealm, credentials, checkHost, tokenSource } = this.#options;
    const text = challenge.parameters.realm ?? "";
    const service = challenge.parameters.service ?? null;
    const own = tokenSource === undefined ? null : URL.parse(text);
    if (own !== null && tokenSource?.accepts(own, service))
      return { kind: "bearer", realm: own, service, source: tokenSource };
    const hasCredentials = credentials.kind !== "none";
    const realm = checkRealm(text, { registryOrigin, pinnedRealm, hasCredentials });
    checkHost(realm.hostname);
    return { kind: "bearer", realm, service, source: null };
  }

  #token(
    mode: Mode & { kind: "bearer" },
    ask: readonly string[],
    signal?: AbortSignal,
  ): Promise<CachedToken> {
    const key = this.#key(mode, ask);
    const refusal = this.#refused.get(key);
    if (refusal !== undefined) {
      if (this.#now() < refusal.untilMs) return Promise.reject(refusal.error);
      this.#refused.delete(key);
    }
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = this.#fetch(mode, ask, key).finally(() => this.#pending.delete(key));
      this.#pending.set(key, pending);
    }
    return untilAborted(pending, signal);
  }

  async #fetch(mode: Mode & { kind: "bearer" }, ask: readonly string[], key: string): Promise<CachedToken> {
    const { credentials, userAgent, send } = this.#options;
    try {
      const request = { realm: mode.realm, service: mode.service, scopes: ask, credentials, userAgent, send };
      const issued = mode.source
        ? await mode.source.issue(ask)
        : await fetchToken({ ...request, secrets: secretsOf(credentials) });
      const now = this.#now();
      const marginMs = Math.min(10_000, issued.expiresInMs / 4);
      const token = {
        header: `Bearer ${issued.token}`,
        fetchedAtMs: now,
        renewAtMs: now + issued.expiresInMs - marginMs,
      };
      this.#cache.set(key, token);
      return token;
    } catch (error) {
      if (isRegistryError(error, "unauthorized", "denied", "realm-refused", "address-refused", "tls")) {
        bounded(this.#refused);
        this.#refused.set(key, { error, untilMs: this.#now() + refusalForMs });
      }
      throw error;
    }
  }

  #key(mode: Mode & { kind: "bearer" }, scopes: readonly string[]): string {
    const { realm, service } = mode;
    return tokenCacheKey({
      registry: this.#options.registryOrigin,
      realm: realm.href,
      service,
      scopes,
      identity: mode.source ? ["source"] : this.#identity,
    });
  }

  #scopesFor(wanted: readonly string[]): readonly string[] {
    const canonical = canonicalScopes(wanted);
    return this.#asked.size === 0 ? canonical : (this.#asked.get(JSON.stringify(canonical)) ?? canonical);
  }

  #remember(wanted: readonly string[], asked: readonly string[]): void {
    const key = JSON.stringify(canonicalScopes(wanted));
    if (JSON.stringify(asked) === key) return;
    bounded(this.#asked);
    this.#asked.set(key, asked);
  }
}

function bounded(map: Map<string, unknown>): void {
  if (map.size >= maxRemembered) map.clear();
}

/** One caller's signal must not stop a fetch that others wait for too. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted());
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
