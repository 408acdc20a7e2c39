import { createRegistryClient, type RegistryClient, type RegistryClientOptions } from "#lib/oci/client";
import type { RegistryCredentials } from "#lib/oci/credentials";
import { createRateLimiter, type RateLimiter } from "#lib/oci/rate-limiter";

/** Everything that it takes to speak with one registry. */
export interface RegistryConnection {
  /** Null for one that is only being tried out. */
  id: number | null;
  url: string;
  credentials: RegistryCredentials;
  caPem: string | null;
  pinnedRealm: string | null;
  requestsPerSecond: number | null;
  allowedNetworks: readonly string[];
  /** Marks our own requests, so that they are never taken for somebody's pulls. */
  userAgent: string;
}

const limiters = new Map<number, { requestsPerSecond: number; limiter: RateLimiter }>();

/** A client for any OCI registry. All clients of one registry in this process share its request budget. */
export function openOciClient(
  connection: RegistryConnection,
  options: Pick<
    RegistryClientOptions,
    "connections" | "onRequest" | "timeouts" | "retry" | "tokenSource"
  > = {},
): RegistryClient {
  return createRegistryClient({
    ...options,
    baseUrl: connection.url,
    credentials: connection.credentials,
    allowedNetworks: connection.allowedNetworks,
    userAgent: connection.userAgent,
    ...(connection.caPem === null ? {} : { caPem: connection.caPem }),
    ...(connection.pinnedRealm === null ? {} : { pinnedRealm: connection.pinnedRealm }),
    ...(connection.requestsPerSecond === null
      ? {}
      : { rateLimiter: getLimiter(connection.id, connection.requestsPerSecond) }),
  });
}

function getLimiter(id: number | null, requestsPerSecond: number): RateLimiter {
  const known = id === null ? undefined : limiters.get(id);
  if (known?.requestsPerSecond === requestsPerSecond) return known.limiter;
  const limiter = createRateLimiter(requestsPerSecond);
  if (id !== null) limiters.set(id, { requestsPerSecond, limiter });
  return limiter;
}
