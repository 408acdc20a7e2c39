import type { Descriptor } from "#lib/oci/descriptor";
import { parseDescriptor } from "#lib/oci/descriptor";
import { isRegistryError, RegistryError } from "#lib/oci/errors";
import { listField, parseJsonObject } from "#lib/oci/json-fields";
import { maxManifestBytes } from "#lib/oci/manifest";
import { getManifest } from "#lib/oci/manifests";
import { ociImageIndex } from "#lib/oci/media-types";
import { checkDigest, checkRepository } from "#lib/oci/names";
import { type Incomplete, Pager } from "#lib/oci/paging";
import type { CallOptions } from "#lib/oci/ping";
import { referrersTagOf } from "#lib/oci/referrer-tag";
import { headerOf } from "#lib/oci/registry-answer";
import { repositoryScope } from "#lib/oci/scope";
import type { Session } from "#lib/oci/session";

export type ReferrerList = {
  referrers: Descriptor[];
  /** Which of the two ways brought something or was there to be asked. */
  sources: ("api" | "tag")[];
  incomplete: Incomplete;
};

export type ReferrerOptions = CallOptions & {
  /** Both unless given. Who has read the tag list already knows whether there is a fallback tag to read. */
  ways?: readonly ("api" | "tag")[];
  artifactType?: string;
  maxPages?: number;
  maxReferrers?: number;
};

const what = "The list of referrers";

/**
 * Everything that refers to a digest: from the referrers API where the registry has it, and from the fallback
 * tag, which may hold what was pushed before the API came. Each digest is listed once.
 */
export async function listReferrers(
  session: Session,
  repository: string,
  digest: string,
  options: ReferrerOptions = {},
): Promise<ReferrerList> {
  checkRepository(repository);
  checkDigest(digest);
  const sources: ("api" | "tag")[] = [];
  const found = new Map<string, Descriptor>();
  const ways = options.ways ?? ["api", "tag"];
  const askApi = ways.includes("api") && session.referrersApi !== "no";
  const fromApi = askApi ? await fromReferrersApi(session, repository, digest, options) : null;
  let incomplete: Incomplete = null;
  if (fromApi !== null) {
    sources.push("api");
    incomplete = fromApi.incomplete;
    for (const referrer of fromApi.referrers) found.set(referrer.digest, referrer);
  }
  const fromTag = ways.includes("tag") ? await fromFallbackTag(session, repository, digest, options) : null;
  if (fromTag !== null) {
    sources.push("tag");
    for (const referrer of fromTag) if (!found.has(referrer.digest)) found.set(referrer.digest, referrer);
  }
  const { artifactType } = options;
  const all = [...found.values()];
  const referrers =
    artifactType === undefined ? all : all.filter((referrer) => referrer.artifactType === artifactType);
  return { referrers, sources, incomplete };
}

/** Null when the registry has no referrers API; remembered for the session. */
async function fromReferrersApi(
  session: Session,
  repository: string,
  digest: string,
  options: ReferrerOptions,
): Promise<{ referrers: Descriptor[]; incomplete: Incomplete } | null> {
  const pager = new Pager(session, options.maxPages ?? 100);
  const maxReferrers = options.maxReferrers ?? 10_000;
  const filter =
    options.artifactType === undefined
      ? ""
      : `?${new URLSearchParams({ artifactType: options.artifactType })}`;
  let path = `/v2/${repository}/referrers/${digest}${filter}`;
  const referrers: Descriptor[] = [];
  for (;;) {
    const answer = await session.send({
      method: "GET",
      path,
      scopes: [repositoryScope(repository, "pull")],
      accept: ociImageIndex,
      maxBytes: maxManifestBytes,
      signal: options.signal,
      retry: "always",
    });
    if (answer.status !== 200) {
      const error = session.errorOf(answer, `the referrers of ${repository}@${digest}`);
      const absent = isRegistryError(error, "not-found", "unsupported", "rejected");
      if (!absent || referrers.length > 0) throw error;
      // A 404 that names the repository says nothing about the API.
      if (error.code !== "NAME_UNKNOWN") session.referrersApi = "no";
      return null;
    }
    const type = headerOf(answer.headers, "content-type") ?? "";
    if (type.startsWith("text/html")) {
      session.referrersApi = "no";
      return null;
    }
    const page = parseReferrers(answer.body);
    session.referrersApi = "yes";
    // Where the filter was not applied by the registry, the caller's own filter does it.
    referrers.push(...page);
    const next = pager.next(
      answer,
      path,
      page.map((referrer) => referrer.digest),
    );
    if (next.path === null) return { referrers, incomplete: next.incomplete };
    if (referrers.length >= maxReferrers)
      return { referrers: referrers.slice(0, maxReferrers), incomplete: "entry-cap" };
    path = next.path;
  }
}

function parseReferrers(body: Uint8Array): Descriptor[] {
  const json = parseJsonObject(body, what, { maxBytes: maxManifestBytes });
  if (json.manifests === undefined) throw new RegistryError("invalid-response", `${what} has no manifests.`);
  return listField(json, "manifests", what, 10_000).map((entry, index) =>
    parseDescriptor(entry, what, `manifests[${index}]`),
  );
}

async function fromFallbackTag(
  session: Session,
  repository: string,
  digest: string,
  options: ReferrerOptions,
): Promise<Descriptor[] | null> {
  try {
    const { parsed } = await getManifest(session, repository, referrersTagOf(digest), {
      signal: options.signal,
    });
    return parsed.kind === "index" ? parsed.manifests : null;
  } catch (error) {
    if (isRegistryError(error, "not-found")) return null;
    throw error;
  }
}
