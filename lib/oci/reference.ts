import { isDigest, parseDigest } from "#lib/oci/digest";

/** An image reference taken apart. `registry` is a host with an optional port, or null where none was written. */
export type ImageReference = {
  registry: string | null;
  repository: string;
  tag: string | null;
  digest: string | null;
};

export type ReferenceParse =
  | { ok: true; reference: ImageReference }
  | { ok: false; field: "reference" | "registry" | "repository" | "tag" | "digest"; problem: string };

export const maxRepositoryNameLength = 255;
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const hostPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:.]+\])(?::([0-9]{1,5}))?$/;
const longestReference = 800;

export function isRepositoryName(text: string): boolean {
  return text.length <= maxRepositoryNameLength && repositoryPattern.test(text);
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** A tag or a digest: what stands in the place of the reference in `/v2/<name>/manifests/<reference>`. */
export function isManifestReference(text: string): boolean {
  return isTag(text) || isDigest(text);
}

/** `host`, `host:port` or `[v6]:port`, as it is written before a repository name. */
export function isRegistryHost(text: string): boolean {
  if (text.length > 260) return false;
  const match = hostPattern.exec(text);
  if (match === null) return false;
  const port = match[1];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
}

/**
 * Reads `[host[:port]/]name[:tag][@digest]`. As docker does, the first part is a host only if it has a dot or
 * colon or is `localhost`; with `registryFirst` it always names the registry, which our own addresses do.
 */
export function parseReference(text: string, options: { registryFirst?: boolean } = {}): ReferenceParse {
  if (text.length === 0) return { ok: false, field: "reference", problem: "The reference is empty." };
  if (text.length > longestReference) {
    return { ok: false, field: "reference", problem: "The reference is too long." };
  }
  let rest = text;
  let digest: string | null = null;
  const at = rest.indexOf("@");
  if (at !== -1) {
    digest = rest.slice(at + 1);
    rest = rest.slice(0, at);
    const parsed = parseDigest(digest);
    if (!parsed.ok) return { ok: false, field: "digest", problem: parsed.problem };
  }
  let registry: string | null = null;
  const slash = rest.indexOf("/");
  if (slash !== -1) {
    const first = rest.slice(0, slash);
    if (options.registryFirst === true || looksLikeHost(first)) {
      if (!isRegistryHost(first)) {
        return { ok: false, field: "registry", problem: `"${first}" is not a registry host.` };
      }
      registry = first;
      rest = rest.slice(slash + 1);
    }
  }
  if (options.registryFirst === true && registry === null) {
    return { ok: false, field: "registry", problem: "The reference does not begin with a registry." };
  }
  let tag: string | null = null;
  const colon = rest.indexOf(":");
  if (colon !== -1) {
    tag = rest.slice(colon + 1);
    rest = rest.slice(0, colon);
    if (!isTag(tag)) {
      const problem =
        "A tag has up to 128 letters, digits, dots, dashes and underscores, and begins with none of . -";
      return { ok: false, field: "tag", problem };
    }
  }
  const problem = repositoryProblem(rest);
  if (problem !== null) return { ok: false, field: "repository", problem };
  return { ok: true, reference: { registry, repository: rest, tag, digest } };
}

/** Why a text is no repository name, or null if it is one. */
export function repositoryProblem(name: string): string | null {
  if (name.length === 0) return "The repository name is missing.";
  if (name.length > maxRepositoryNameLength) {
    return `A repository name has at most ${maxRepositoryNameLength} characters.`;
  }
  if (repositoryPattern.test(name)) return null;
  return "A repository name has lower-case letters and digits, with single . _ __ or dashes between them, in parts divided by /.";
}

export function formatReference(reference: ImageReference): string {
  const host = reference.registry === null ? "" : `${reference.registry}/`;
  const tag = reference.tag === null ? "" : `:${reference.tag}`;
  const digest = reference.digest === null ? "" : `@${reference.digest}`;
  return `${host}${reference.repository}${tag}${digest}`;
}

function looksLikeHost(part: string): boolean {
  return part === "localhost" || part.includes(".") || part.includes(":") || /[A-Z]/.test(part);
}
