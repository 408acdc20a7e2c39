import { parseReference } from "#lib/oci/reference";

/** A reference taken apart whose first part names a registry, by slug or by host. */
export interface RegistryReference {
  registry: string;
  /** Null for the page of the registry itself. */
  repository: string | null;
  tag: string | null;
  digest: string | null;
}

export type ImagePathParse =
  | { ok: true; reference: RegistryReference }
  | { ok: false; field: string; problem: string };

/**
 * The path below /images taken apart: `<registry>`, `<registry>/team/api`, `…:tag`, `…@digest`. The parts may still
 * be percent-encoded, as the router hands them over.
 */
export function parseImagePath(segments: readonly string[]): ImagePathParse {
  const decoded: string[] = [];
  for (const segment of segments) {
    try {
      decoded.push(decodeURIComponent(segment));
    } catch {
      return { ok: false, field: "reference", problem: "The address holds a broken escape sequence." };
    }
  }
  return parseFullReference(decoded.join("/"));
}

/** `registry/repository[:tag][@digest]`, or a registry alone. */
export function parseFullReference(text: string): ImagePathParse {
  const trimmed = text.trim().replace(/^(?:https?|docker|oci):\/\//, "");
  if (trimmed !== "" && !trimmed.includes("/")) {
    if (trimmed.includes("@") || !/^[A-Za-z0-9.:[\]-]+$/.test(trimmed))
      return { ok: false, field: "reference", problem: "A reference is written registry/repository:tag." };
    return { ok: true, reference: { registry: trimmed, repository: null, tag: null, digest: null } };
  }
  const parsed = parseReference(trimmed, { registryFirst: true });
  if (!parsed.ok) return parsed;
  const { registry, repository, tag, digest } = parsed.reference;
  return { ok: true, reference: { registry: registry ?? "", repository, tag, digest } };
}

export interface NamedRegistry {
  slug: string;
  url: string;
  disconnectedAt: Date | null;
}

/** Docker Hub answers under several names. */
const sameHost = new Map([
  ["docker.io", "registry-1.docker.io"],
  ["index.docker.io", "registry-1.docker.io"],
]);

/** The registry of that slug, else the one at that host; a connected one before a disconnected one. */
export function chooseRegistry<T extends NamedRegistry>(registries: readonly T[], name: string): T | null {
  const bySlug = registries.find((registry) => registry.slug === name);
  if (bySlug) return bySlug;
  const wanted = normaliseHost(name);
  const atHost = registries.filter((registry) => hostNames(registry.url).includes(wanted));
  return atHost.find((registry) => registry.disconnectedAt === null) ?? atHost[0] ?? null;
}

function normaliseHost(name: string): string {
  const host = name.toLowerCase();
  return sameHost.get(host) ?? host;
}

/** Every way to write the host: the default port of the scheme may stand or be left out. */
function hostNames(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { protocol, host, port } = new URL(url);
  if (port !== "") return [host];
  return [host, `${host}:${protocol === "http:" ? 80 : 443}`];
}

/** The page of a reference: the address is the reference. */
export function formatImageHref(reference: {
  registry: string;
  repository?: string | null;
  tag?: string | null;
  digest?: string | null;
}): string {
  const repository = reference.repository ? `/${reference.repository}` : "";
  const tag = reference.tag ? `:${reference.tag}` : "";
  const digest = reference.digest && !reference.tag ? `@${reference.digest}` : "";
  return `/images/${reference.registry}${repository}${tag}${digest}`;
}
