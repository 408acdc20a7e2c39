import type { RegistryItem } from "#lib/registries/schema";

/** A registry for tests of what is said about one. */
export function sampleRegistry(part: Partial<RegistryItem> = {}): RegistryItem {
  return {
    slug: "harbour",
    name: "Harbour",
    url: "https://harbour.example.com",
    credentialKind: "none",
    username: null,
    hasSecret: false,
    hasCa: false,
    pinnedRealm: null,
    requestsPerSecond: null,
    syncEveryMinutes: 60,
    repositorySource: "catalog",
    repositoryNames: [],
    protectedPatterns: [],
    capabilities: {
      apiVersion: "registry/2.0",
      authentication: "basic",
      realm: null,
      catalog: "yes",
      referrers: "api",
      deletion: "on",
      tagDeletion: "by-name",
    },
    testedAt: "2026-01-02T03:04:05.000Z",
    state: { state: "ok", detail: null, since: "2026-01-02T03:04:05.000Z" },
    lastSyncedAt: null,
    lastSweptAt: null,
    lastEventAt: null,
    repositoryCount: 1,
    tagCount: 1,
    sizeBytes: 1,
    disconnectedAt: null,
    enforcement: { state: "off", since: null },
    notifications: {
      secretSet: false,
      url: "https://console.example.com/api/ingest/distribution",
      unreadable: 0,
      conflicting: 0,
    },
    createdAt: "2026-01-02T03:04:05.000Z",
    ...part,
  };
}
