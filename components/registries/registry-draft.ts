import { formatSlug } from "#lib/registries/format-slug";
import type {
  ConnectRegistryBody,
  RegistryItem,
  TestRegistryBody,
  UpdateRegistryBody,
} from "#lib/registries/schema";

/** What stands in the form: texts as typed. */
export interface RegistryDraft {
  url: string;
  name: string;
  slug: string;
  credentialKind: RegistryItem["credentialKind"];
  username: string;
  /** Null keeps the stored one. */
  secret: string | null;
  /** Null keeps the stored one; empty means none. */
  caPem: string | null;
  pinnedRealm: string | null;
  requestsPerSecond: string;
  syncEveryMinutes: number;
  repositorySource: RegistryItem["repositorySource"];
  repositoryNames: string;
  protectedPatterns: string;
}

export const emptyDraft: RegistryDraft = {
  url: "",
  name: "",
  slug: "",
  credentialKind: "none",
  username: "",
  secret: "",
  caPem: "",
  pinnedRealm: null,
  requestsPerSecond: "",
  syncEveryMinutes: 60,
  repositorySource: "catalog",
  repositoryNames: "",
  protectedPatterns: "",
};

export function toDraft(registry: RegistryItem): RegistryDraft {
  return {
    url: registry.url,
    name: registry.name,
    slug: registry.slug,
    credentialKind: registry.credentialKind,
    username: registry.username ?? "",
    secret: registry.hasSecret ? null : "",
    caPem: registry.hasCa ? null : "",
    pinnedRealm: registry.pinnedRealm,
    requestsPerSecond: registry.requestsPerSecond === null ? "" : String(registry.requestsPerSecond),
    syncEveryMinutes: registry.syncEveryMinutes,
    repositorySource: registry.repositorySource,
    repositoryNames: registry.repositoryNames.join("\n"),
    protectedPatterns: registry.protectedPatterns.join("\n"),
  };
}

/** An address without its scheme gets one: https, but http on this machine, where nobody has a certificate. */
export function completeUrl(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "" || /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return trimmed;
  const isLocal = /^(?:localhost|127\.|\[::1\])/i.test(trimmed);
  return `${isLocal ? "http" : "https"}://${trimmed}`;
}

/** Another address: a token service was confirmed for the one before, and does not go along. */
export function withUrl(draft: RegistryDraft, url: string): Pick<RegistryDraft, "url" | "pinnedRealm"> {
  const isSame = completeUrl(url) === completeUrl(draft.url);
  return { url, pinnedRealm: isSame ? draft.pinnedRealm : null };
}

export function splitLines(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A figure as typed: null when empty, and what is no number goes along for the API to refuse. */
function toFigure(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

function toCredential(draft: RegistryDraft) {
  const { credentialKind } = draft;
  return {
    credentialKind,
    username: credentialKind === "basic" ? draft.username.trim() || null : null,
    ...(credentialKind === "none"
      ? { secret: null }
      : draft.secret === null
        ? {}
        : { secret: draft.secret || null }),
  };
}

export function toConnectBody(draft: RegistryDraft): Omit<ConnectRegistryBody, "name"> & { name?: string } {
  return {
    slug: draft.slug.trim(),
    ...(draft.name.trim() ? { name: draft.name.trim() } : {}),
    url: completeUrl(draft.url),
    secret: null,
    ...toCredential(draft),
    caPem: draft.caPem?.trim() || null,
    pinnedRealm: draft.pinnedRealm,
    requestsPerSecond: toFigure(draft.requestsPerSecond),
    syncEveryMinutes: draft.syncEveryMinutes,
    repositorySource: draft.repositorySource,
    repositoryNames: splitLines(draft.repositoryNames),
    protectedPatterns: splitLines(draft.protectedPatterns),
    sync: true,
  };
}

/** Only what was changed. */
export function toUpdateBody(draft: RegistryDraft, registry: RegistryItem): UpdateRegistryBody {
  const before = toDraft(registry);
  const changed = (key: keyof RegistryDraft) => draft[key] !== before[key];
  const url = completeUrl(draft.url);
  const credential = changed("credentialKind") || changed("username") || changed("secret");
  return {
    ...(changed("name") ? { name: draft.name.trim() } : {}),
    ...(url !== before.url ? { url } : {}),
    ...(credential ? toCredential(draft) : {}),
    ...(changed("caPem") && draft.caPem !== null ? { caPem: draft.caPem.trim() || null } : {}),
    ...(changed("pinnedRealm") ? { pinnedRealm: draft.pinnedRealm } : {}),
    ...(changed("requestsPerSecond") ? { requestsPerSecond: toFigure(draft.requestsPerSecond) } : {}),
    ...(changed("syncEveryMinutes") ? { syncEveryMinutes: draft.syncEveryMinutes } : {}),
    ...(changed("repositorySource") ? { repositorySource: draft.repositorySource } : {}),
    ...(changed("repositoryNames") ? { repositoryNames: splitLines(draft.repositoryNames) } : {}),
    ...(changed("protectedPatterns") ? { protectedPatterns: splitLines(draft.protectedPatterns) } : {}),
  };
}

/** What a test needs of the draft; `slug` lets what is kept be taken from the connected registry. */
export function toTestBody(draft: RegistryDraft, slug?: string): TestRegistryBody {
  const names = splitLines(draft.repositoryNames).slice(0, 1);
  return {
    ...(slug === undefined ? {} : { slug }),
    url: completeUrl(draft.url),
    ...toCredential(draft),
    ...(draft.caPem === null ? {} : { caPem: draft.caPem.trim() || null }),
    pinnedRealm: draft.pinnedRealm,
    ...(names.length > 0 ? { repositoryNames: names } : {}),
  };
}

/** The short name that an address suggests. */
export function deriveSlug(url: string): string {
  return formatSlug(completeUrl(url));
}
