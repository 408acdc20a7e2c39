import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from "jose";
import { log } from "#lib/log/log";
import { fetchJson } from "#lib/oci/fetch-json";
import { isJsonObject } from "#lib/oci/json-fields";
import { listAllowedCidrs } from "#lib/registries/networks-service";
import { formatUserAgent, getRequestMark } from "#lib/registries/request-mark";

/** The public keys of an OpenID issuer. */
export interface IssuerKeys {
  kids: ReadonlySet<string>;
  find: JWTVerifyGetKey;
}

interface Known {
  keys: IssuerKeys | null;
  fetchedAtMs: number;
  pending: Promise<IssuerKeys | null> | null;
}

const freshForMs = 600_000;
/** Keys that cannot be read anew serve this long. */
const staleForMs = 3_600_000;
/** An issuer is not asked more often than this, whatever key ids tokens name. */
const quietForMs = 30_000;
const maxIssuers = 200;
const maxKeys = 100;
const maxBytes = 256 * 1024;
const deadlineMs = 5_000;

const known = new Map<string, Known>();

/**
 * Keys of an issuer that a trust rule names, kept for ten minutes. A key id that is not among them makes us look
 * again, at most twice a minute. Null when the issuer cannot be asked.
 */
export async function findIssuerKeys(
  issuer: string,
  kid: string | null,
  nowMs: number,
): Promise<IssuerKeys | null> {
  const place = `${process.env.DATABASE_URL} ${issuer}`;
  let entry = known.get(place);
  if (entry === undefined) {
    for (const oldest of known.keys()) {
      if (known.size < maxIssuers) break;
      known.delete(oldest);
    }
    entry = { keys: null, fetchedAtMs: Number.NEGATIVE_INFINITY, pending: null };
    known.set(place, entry);
  }
  const ageMs = nowMs - entry.fetchedAtMs;
  const isUnknown = kid !== null && entry.keys !== null && !entry.keys.kids.has(kid);
  const isDue = entry.keys === null || ageMs > freshForMs || isUnknown;
  if (isDue && (entry.pending !== null || ageMs > quietForMs)) {
    entry.pending ??= refresh(issuer, entry, nowMs);
    return entry.pending;
  }
  return ageMs > staleForMs ? null : entry.keys;
}

async function refresh(issuer: string, entry: Known, nowMs: number): Promise<IssuerKeys | null> {
  try {
    entry.keys = await fetchKeys(issuer);
  } catch (error) {
    log.warn(
      { issuer, problem: error instanceof Error ? error.message.slice(0, 300) : "unknown" },
      "the keys of an issuer could not be read",
    );
    if (nowMs - entry.fetchedAtMs > staleForMs) entry.keys = null;
  } finally {
    entry.fetchedAtMs = nowMs;
    entry.pending = null;
  }
  return entry.keys;
}

async function fetchKeys(issuer: string): Promise<IssuerKeys> {
  const [allowedNetworks, mark] = await Promise.all([listAllowedCidrs(), getRequestMark()]);
  const options = { allowedNetworks, userAgent: formatUserAgent(mark), maxBytes, deadlineMs };
  const discovery = await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, options);
  if (discovery.issuer !== issuer) throw new Error("The discovery document is of another issuer.");
  const address = discovery.jwks_uri;
  if (typeof address !== "string") throw new Error("The discovery document names no keys.");
  if (issuer.startsWith("https:") && !address.startsWith("https:"))
    throw new Error("The keys of an https issuer are not read over http.");
  const set = await fetchJson(address, options);
  const list = Array.isArray(set.keys) ? set.keys : [];
  if (list.length > maxKeys) throw new Error(`The issuer has more than ${maxKeys} keys.`);
  const keys = list.filter(isJsonObject).filter(({ kty }) => kty === "RSA" || kty === "EC" || kty === "OKP");
  return {
    kids: new Set(keys.flatMap(({ kid }) => (typeof kid === "string" ? [kid] : []))),
    find: createLocalJWKSet({ keys: keys.map((key) => ({ ...key }) as JWK) }),
  };
}
