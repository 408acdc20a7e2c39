import { AddressGuard, parseHttpUrl, type Resolver } from "#lib/oci/address-guard";
import { type BlobOptions, findBlobHead, getBlob, mountBlob, streamBlob, uploadBlob } from "#lib/oci/blobs";
import type { Breaker } from "#lib/oci/breaker";
import { type Capabilities, type ProbeOptions, probeCapabilities } from "#lib/oci/capabilities";
import { type CatalogOptions, type CatalogPage, listCatalog } from "#lib/oci/catalog";
import { checkCredentials, type RegistryCredentials, secretsOf } from "#lib/oci/credentials";
import { RegistryError } from "#lib/oci/errors";
import { type Graph, type GraphBudget, walkGraph } from "#lib/oci/graph";
import {
  deleteManifest,
  type FetchedManifest,
  findManifestHead,
  getManifest,
  type ManifestHead,
  type PutManifest,
  putManifest,
} from "#lib/oci/manifests";
import { type CallOptions, ping } from "#lib/oci/ping";
import { createRateLimiter, type RateLimiter } from "#lib/oci/rate-limiter";
import { listReferrers, type ReferrerList, type ReferrerOptions } from "#lib/oci/referrers";
import { defaultRetryPolicy, type RetryPolicy } from "#lib/oci/retry";
import { Session } from "#lib/oci/session";
import { deleteTag, listTags, type TagList, type TagListOptions } from "#lib/oci/tags";
import { Authenticator, type TokenSource } from "#lib/oci/token-auth";
import type { TokenCache } from "#lib/oci/token-cache";
import { type HttpMethod, type Timeouts, Transport } from "#lib/oci/transport";

export type RegistryClientOptions = {
  /** Scheme, host and port of the registry, such as `https://registry.example.com`. */
  baseUrl: string;
  credentials: RegistryCredentials;
  /** Networks in CIDR notation that may be asked although they are loopback, private or carrier-grade. */
  allowedNetworks: readonly string[];
  /** Trusted besides the usual CAs. */
  caPem?: string;
  /** Must mark us, so that our own pulls can be told from other people's. */
  userAgent: string;
  requestsPerSecond?: number;
  /** In place of `requestsPerSecond`, to share one budget. */
  rateLimiter?: RateLimiter;
  /** The token service that somebody confirmed although it is on another host than the registry. */
  pinnedRealm?: string;
  /** Told about each request on the wire, token requests included. */
  onRequest?: (method: HttpMethod, url: string) => void;
  /** For a registry whose token service is this very console: its tokens are made here, without a request. */
  tokenSource?: TokenSource;
  resolver?: Resolver;
  connections?: number;
  timeouts?: Partial<Timeouts>;
  retry?: Partial<RetryPolicy>;
  breaker?: Breaker;
  tokenCache?: TokenCache;
};

export type WalkOptions = CallOptions & { withReferrers?: boolean; budget?: Partial<GraphBudget> };

export type RegistryClient = {
  readonly origin: string;
  readonly session: Session;
  ping(options?: CallOptions): Promise<{ apiVersion: string | null }>;
  listCatalog(options?: CatalogOptions): AsyncGenerator<CatalogPage>;
  listTags(repository: string, options?: TagListOptions): Promise<TagList>;
  deleteTag(repository: string, tag: string, options?: CallOptions): Promise<void>;
  getManifest(repository: string, reference: string, options?: CallOptions): Promise<FetchedManifest>;
  findManifestHead(
    repository: string,
    reference: string,
    options?: CallOptions,
  ): Promise<ManifestHead | null>;
  putManifest(
    repository: string,
    reference: string,
    manifest: { mediaType: string; bytes: Uint8Array },
    options?: CallOptions,
  ): Promise<PutManifest>;
  deleteManifest(repository: string, digest: string, options?: CallOptions): Promise<void>;
  getBlob(repository: string, digest: string, options?: BlobOptions): Promise<Uint8Array>;
  streamBlob(
    repository: string,
    digest: string,
    options?: BlobOptions & { deadlineMs?: number },
  ): AsyncGenerator<Uint8Array>;
  findBlobHead(
    repository: string,
    digest: string,
    options?: CallOptions,
  ): Promise<{ sizeBytes: number | null } | null>;
  uploadBlob(
    repository: string,
    bytes: Uint8Array,
    options?: CallOptions,
  ): Promise<{ digest: string; sizeBytes: number }>;
  mountBlob(
    repository: string,
    digest: string,
    fromRepository: string,
    options?: CallOptions,
  ): Promise<boolean>;
  listReferrers(repository: string, digest: string, options?: ReferrerOptions): Promise<ReferrerList>;
  probe(options?: ProbeOptions): Promise<Capabilities>;
  /** An index with its children and, with `withReferrers`, everything that refers to any of them. */
  walkGraph(repository: string, digest: string, options?: WalkOptions): Promise<Graph>;
  /** Ends every connection; requests under way fail with `aborted`. */
  close(): Promise<void>;
};

/** Throws `invalid-request` or `address-refused` for settings that could never work; opens no connection yet. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const origin = parseBaseUrl(options.baseUrl);
  checkCredentials(options.credentials);
  if (!/^[\x20-\x7e]{1,200}$/.test(options.userAgent)) {
    throw new RegistryError("invalid-request", "A user agent has 1 to 200 visible ASCII characters.", {
      field: "userAgent",
    });
  }
  if (options.pinnedRealm !== undefined) parseHttpUrl(options.pinnedRealm);
  const guard = new AddressGuard({ allowedNetworks: options.allowedNetworks, resolver: options.resolver });
  guard.checkHost(new URL(origin).hostname);
  const { caPem, connections, timeouts, onRequest } = options;
  const transport = new Transport({ guard, caPem, connections, timeouts, onRequest });
  const authenticator = new Authenticator({
    registryOrigin: origin,
    credentials: options.credentials,
    pinnedRealm: options.pinnedRealm,
    userAgent: options.userAgent,
    send: (request) => transport.send(request),
    checkHost: (hostname) => guard.checkHost(hostname),
    cache: options.tokenCache,
    tokenSource: options.tokenSource,
  });
  const session = new Session({
    origin,
    transport,
    authenticator,
    guard,
    userAgent: options.userAgent,
    secrets: secretsOf(options.credentials),
    retryPolicy: { ...defaultRetryPolicy, ...options.retry },
    rateLimiter: options.rateLimiter ?? limiterFor(options.requestsPerSecond),
    breaker: options.breaker,
  });
  return {
    origin,
    session,
    ping: (call) => ping(session, call),
    listCatalog: (call) => listCatalog(session, call),
    listTags: (repository, call) => listTags(session, repository, call),
    deleteTag: (repository, tag, call) => deleteTag(session, repository, tag, call),
    getManifest: (repository, reference, call) => getManifest(session, repository, reference, call),
    findManifestHead: (repository, reference, call) => findManifestHead(session, repository, reference, call),
    putManifest: (repository, reference, manifest, call) =>
      putManifest(session, repository, reference, manifest, call),
    deleteManifest: (repository, digest, call) => deleteManifest(session, repository, digest, call),
    getBlob: (repository, digest, call) => getBlob(session, repository, digest, call),
    streamBlob: (repository, digest, call) => streamBlob(session, repository, digest, call),
    findBlobHead: (repository, digest, call) => findBlobHead(session, repository, digest, call),
    uploadBlob: (repository, bytes, call) => uploadBlob(session, repository, bytes, call),
    mountBlob: (repository, digest, from, call) => mountBlob(session, repository, digest, from, call),
    listReferrers: (repository, digest, call) => listReferrers(session, repository, digest, call),
    probe: (call) => probeCapabilities(session, call),
    walkGraph: (repository, digest, call = {}) =>
      walkGraph({
        root: digest,
        getManifest: (child) => getManifest(session, repository, child, { signal: call.signal }),
        listReferrers: call.withReferrers === true ? referrersOf(session, repository, call) : undefined,
        budget: call.budget,
        signal: call.signal,
      }),
    close: () => transport.close(),
  };
}

function referrersOf(session: Session, repository: string, call: WalkOptions) {
  return async (digest: string) =>
    (await listReferrers(session, repository, digest, { signal: call.signal })).referrers;
}

/** The origin of a registry's address; anything after the host and port is a mistake worth naming. */
export function parseBaseUrl(text: string): string {
  const url = parseHttpUrl(text);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new RegistryError(
      "invalid-request",
      "A registry's address is scheme, host and port, with nothing after them.",
      {
        field: "baseUrl",
      },
    );
  }
  return url.origin;
}

function limiterFor(requestsPerSecond: number | undefined): RateLimiter | undefined {
  if (requestsPerSecond === undefined) return undefined;
  if (!(requestsPerSecond > 0)) {
    throw new RegistryError("invalid-request", "The request rate must be more than 0.", {
      field: "requestsPerSecond",
    });
  }
  return createRateLimiter(requestsPerSecond);
}
