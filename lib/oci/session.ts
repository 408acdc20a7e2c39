import type { IncomingHttpHeaders } from "node:http";

import { type AddressGuard, parseHttpUrl } from "#lib/oci/address-guard";
import { Breaker } from "#lib/oci/breaker";
import { isRegistryError, RegistryError } from "#lib/oci/errors";
import { aborted, pause } from "#lib/oci/pause";
import type { RateLimiter } from "#lib/oci/rate-limiter";
import { answerError, headerOf } from "#lib/oci/registry-answer";
import { backoffDelay, isRetryableStatus, parseRetryAfter, type RetryPolicy } from "#lib/oci/retry";
import type { Authenticator } from "#lib/oci/token-auth";
import type {
  HttpMethod,
  Transport,
  TransportRequest,
  TransportResponse,
  TransportStream,
} from "#lib/oci/transport";

export type SessionRequest = {
  method: HttpMethod;
  /** Path and query on the registry, made of checked names only. */
  path: string;
  /** The scopes that a token needs for this. */
  scopes: readonly string[];
  maxBytes: number;
  accept?: string;
  contentType?: string;
  body?: Uint8Array;
  deadlineMs?: number;
  signal?: AbortSignal;
  /**
   * What may be tried again: everything that failed (`always`, for requests whose second run changes nothing),
   * only what the registry put off with 429 or 503 (`deferred`), or nothing.
   */
  retry: "always" | "deferred" | "never";
};

export type SessionOptions = {
  origin: string;
  transport: Transport;
  authenticator: Authenticator;
  guard: AddressGuard;
  userAgent: string;
  secrets: readonly string[];
  retryPolicy: RetryPolicy;
  rateLimiter?: RateLimiter;
  breaker?: Breaker;
  random?: () => number;
};

type Answer = { status: number; headers: IncomingHttpHeaders };
type Wire<T extends Answer> = {
  send: (request: TransportRequest) => Promise<T>;
  /** Lets go of an answer that is not the final one. */
  drop: (answer: T) => void;
};

const maxRedirects = 5;
const longestErrorBytes = 64 * 1024;

/** Requests to one registry as one identity: authenticates, follows redirects, waits, tries again. */
export class Session {
  readonly origin: string;
  readonly authenticator: Authenticator;
  readonly transport: Transport;
  readonly guard: AddressGuard;
  readonly userAgent: string;
  readonly #options: SessionOptions;
  readonly #breaker: Breaker;
  readonly #random: () => number;
  readonly #whole: Wire<TransportResponse>;
  readonly #streamed: Wire<TransportStream>;
  /** Learned on the way: whether this registry answers the referrers API. */
  referrersApi: "unknown" | "yes" | "no" = "unknown";

  constructor(options: SessionOptions) {
    this.#options = options;
    this.origin = options.origin;
    this.authenticator = options.authenticator;
    this.transport = options.transport;
    this.guard = options.guard;
    this.userAgent = options.userAgent;
    this.#breaker = options.breaker ?? new Breaker();
    this.#random = options.random ?? Math.random;
    const { transport } = options;
    this.#whole = { send: (request) => transport.send(request), drop: () => undefined };
    this.#streamed = { send: (request) => transport.stream(request), drop: (answer) => answer.cancel() };
  }

  get hasCredentials(): boolean {
    return this.#options.secrets.length > 0;
  }

  /** Sends until there is a final answer, of whatever status, or throws. */
  send(request: SessionRequest): Promise<TransportResponse> {
    return this.#run(request, this.#whole);
  }

  /** The same with a body that is read piece by piece. An answer other than 200 is thrown as an error. */
  async stream(request: SessionRequest, what: string): Promise<TransportStream> {
    const answer = await this.#run(request, this.#streamed);
    if (answer.status === 200) return answer;
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of answer.body) {
      length += piece.byteLength;
      if (length > longestErrorBytes) break;
      pieces.push(piece);
    }
    answer.cancel();
    throw this.errorOf({ ...answer, body: Buffer.concat(pieces) }, what);
  }

  /** A 401 in spite of a token that the token service issued to us means: known, but not permitted. */
  errorOf(answer: TransportResponse, what: string): RegistryError {
    const { secrets } = this.#options;
    return answerError(answer, what, { secrets, isKnown: this.authenticator.isKnown });
  }

  /**
   * The path of a URL that the registry handed out for the next step of an upload or list. It must stay with the
   * registry: credentials follow it.
   */
  ownPath(location: string, currentPath: string, what: string): string {
    const url = parseHttpUrl(location, this.origin + currentPath);
    if (url.origin !== this.origin) {
      throw new RegistryError(
        "address-refused",
        `The registry sends ${what} to ${url.origin}, another host; that is refused.`,
      );
    }
    return url.pathname + url.search;
  }

  async #run<T extends Answer>(request: SessionRequest, wire: Wire<T>): Promise<T> {
    const policy = this.#options.retryPolicy;
    const beganAt = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      await this.#turn(request.signal);
      let failure: RegistryError | null = null;
      let answer: T | null = null;
      this.#breaker.started();
      try {
        answer = await this.#authenticated(request, wire);
      } catch (error) {
        failure = isRegistryError(error)
          ? error
          : new RegistryError("cannot-connect", `${this.origin} cannot be reached.`);
      }
      const waitMs = this.#judge(request, attempt, answer, failure);
      const last =
        attempt >= policy.attempts ||
        waitMs === null ||
        performance.now() - beganAt + waitMs > policy.budgetMs;
      if (last) {
        if (failure !== null) throw failure;
        if (answer !== null) return answer;
      }
      if (answer !== null) wire.drop(answer);
      if (waitMs !== null) await pause(waitMs, request.signal);
    }
  }

  /** Waits for the rate limit and the registry's own wish for quiet; throws while the breaker is open. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw aborted();
    const openForMs = this.#breaker.openForMs;
    if (openForMs > 0) {
      throw new RegistryError(
        "cannot-connect",
        `${this.origin} failed several times in a row and is left alone for a moment.`,
        {
          retryAfterMs: openForMs,
        },
      );
    }
    const quietForMs = this.#breaker.quietForMs;
    if (quietForMs > this.#options.retryPolicy.maxRetryAfterMs) {
      throw new RegistryError("throttled", "The registry asks for fewer requests.", {
        status: 429,
        retryAfterMs: quietForMs,
      });
    }
    if (quietForMs > 0) await pause(quietForMs * (1 + 0.2 * this.#random()), signal);
    await this.#options.rateLimiter?.acquire(signal);
  }

  /** Feeds the breaker; says how long to wait before another try, null for none. */
  #judge(
    request: SessionRequest,
    attempt: number,
    answer: Answer | null,
    failure: RegistryError | null,
  ): number | null {
    const policy = this.#options.retryPolicy;
    const status = answer?.status ?? failure?.status ?? 0;
    const transient = isTransient(failure) || (answer !== null && isRetryableStatus(status));
    if (!transient) {
      if (failure?.kind === "aborted") this.#breaker.abandoned();
      else this.#breaker.succeeded();
      return null;
    }
    const askedMs = answer === null ? (failure?.retryAfterMs ?? null) : retryAfterOf(answer);
    if (status === 429 || (status === 503 && askedMs !== null)) {
      this.#breaker.abandoned();
      this.#breaker.beQuiet(askedMs ?? backoffDelay(attempt, policy, this.#random));
    } else this.#breaker.failed();
    const allowed =
      request.retry === "always" || (request.retry === "deferred" && (status === 429 || status === 503));
    if (!allowed || (askedMs !== null && askedMs > policy.maxRetryAfterMs)) return null;
    return Math.max(askedMs ?? 0, backoffDelay(attempt, policy, this.#random));
  }

  async #authenticated<T extends Answer>(request: SessionRequest, wire: Wire<T>): Promise<T> {
    const { authenticator } = this;
    const begin = authenticator.headerFor(request.scopes, request.signal);
    const header = begin instanceof Promise ? await begin : begin;
    const answer = await this.#redirected(request, header, wire);
    if (answer.status !== 401) return answer;
    const challenge = answer.headers["www-authenticate"];
    wire.drop(answer);
    const better = await authenticator.answerChallenge(challenge, request.scopes, header, request.signal);
    if (better === null) return answer;
    const wait = this.#options.rateLimiter?.acquire(request.signal);
    if (wait !== undefined) await wait;
    return this.#redirected(request, better, wire);
  }

  /** Only GET and HEAD follow redirects; once the origin changes the credentials are gone for good. */
  async #redirected<T extends Answer>(
    request: SessionRequest,
    header: string | null,
    wire: Wire<T>,
  ): Promise<T> {
    let answer = await wire.send(this.#wireRequest(request, this.origin, request.path, header));
    if (!isRedirect(answer.status) || (request.method !== "GET" && request.method !== "HEAD")) return answer;
    let url = this.origin + request.path;
    let authorization = header;
    for (let hop = 1; isRedirect(answer.status); hop += 1) {
      wire.drop(answer);
      if (hop > maxRedirects)
        throw new RegistryError("invalid-response", "The registry redirects in circles.");
      const location = headerOf(answer.headers, "location");
      if (location === undefined)
        throw new RegistryError("invalid-response", "The registry redirects to nowhere.");
      const target = parseHttpUrl(location, url);
      if (url.startsWith("https:") && target.protocol === "http:") {
        throw new RegistryError(
          "address-refused",
          `The registry redirects to ${target.origin} without encryption; that is refused.`,
        );
      }
      if (target.origin !== this.origin) authorization = null;
      this.guard.checkHost(target.hostname);
      url = target.href;
      answer = await wire.send(
        this.#wireRequest(request, target.origin, target.pathname + target.search, authorization),
      );
    }
    return answer;
  }

  #wireRequest(
    request: SessionRequest,
    origin: string,
    path: string,
    authorization: string | null,
  ): TransportRequest {
    const headers = ["user-agent", this.userAgent, "accept-encoding", "identity"];
    headers.push("accept", request.accept ?? "application/json");
    if (request.contentType !== undefined) headers.push("content-type", request.contentType);
    if (authorization !== null) headers.push("authorization", authorization);
    const { method, body, maxBytes, deadlineMs, signal } = request;
    return { method, origin, path, headers, body, maxBytes, deadlineMs, signal };
  }
}

function isRedirect(status: number): boolean {
  return status === 307 || status === 302 || status === 301 || status === 303 || status === 308;
}

function isTransient(failure: RegistryError | null): boolean {
  return isRegistryError(
    failure,
    "cannot-connect",
    "timeout",
    "throttled",
    "server-error",
    "name-not-resolved",
  );
}

function retryAfterOf(answer: Answer): number | null {
  return parseRetryAfter(headerOf(answer.headers, "retry-after"), new Date());
}
