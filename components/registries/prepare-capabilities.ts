import type { RegistryItem } from "#lib/registries/schema";

export type CapabilityKey =
  | "catalog"
  | "pushes"
  | "pulls"
  | "referrers"
  | "deletion"
  | "tag-deletion"
  | "identity"
  | "transport";

export interface CapabilityRow {
  key: CapabilityKey;
  what: string;
  /** In few words, for a list of what is missing. */
  short: string;
  state: "yes" | "partly" | "no" | "unknown";
  /** What follows from it. */
  meaning: string;
  /** What to switch on, when that would help. */
  remedy: string | null;
}

type Said = Pick<CapabilityRow, "state" | "meaning" | "remedy">;

/** What a registry can tell and do, as its last test and its notifications say. */
export function prepareCapabilities(registry: RegistryItem): CapabilityRow[] {
  const events = sayEvents(registry);
  return [
    { key: "catalog", what: "Lists its repositories", short: "new repositories", ...sayCatalog(registry) },
    {
      key: "pushes",
      what: "Tells of pushes as they happen",
      short: "pushes as they happen",
      ...events.pushes,
    },
    { key: "pulls", what: "Tells of pulls", short: "pulls", ...events.pulls },
    {
      key: "referrers",
      what: "Names signatures and reports of an image",
      short: "referrers",
      ...sayReferrers(registry),
    },
    { key: "deletion", what: "Deletes manifests", short: "deletion", ...sayDeletion(registry) },
    {
      key: "tag-deletion",
      what: "Deletes one tag by name",
      short: "tag deletion",
      ...sayTagDeletion(registry),
    },
    { key: "identity", what: "Knows who comes", short: "who did it", ...sayIdentity(registry) },
    {
      key: "transport",
      what: "Is reached protected",
      short: "protected transport",
      ...sayTransport(registry),
    },
  ];
}

const askTest = "Test the connection.";

function sayUnknown(registry: RegistryItem, takes: string): Said {
  if (registry.testedAt === null) return { state: "unknown", meaning: "Not tried yet.", remedy: askTest };
  return {
    state: "unknown",
    meaning: takes,
    remedy:
      registry.repositoryCount === 0 ? "Test again after the first sync." : "Test the connection again.",
  };
}

function sayCatalog({ capabilities, repositorySource }: RegistryItem): Said {
  const others =
    repositorySource === "list"
      ? "Repositories come from the list that was given."
      : repositorySource === "events"
        ? "Repositories become known with their first notification."
        : "Nothing finds new repositories.";
  if (capabilities.catalog === "yes")
    return repositorySource === "catalog"
      ? { state: "yes", meaning: "New repositories appear with the next sync.", remedy: null }
      : {
          state: "partly",
          meaning: `It could, but its catalogue is not asked. ${others}`,
          remedy: "Settings: take the names from the catalogue.",
        };
  if (capabilities.catalog === "no")
    return {
      state: "no",
      meaning: others,
      remedy:
        repositorySource === "catalog" ? "Settings: take the names from a list or from notifications." : null,
    };
  return {
    state: "unknown",
    meaning: `Not tried yet. ${repositorySource === "catalog" ? "" : others}`.trim(),
    remedy: askTest,
  };
}

function sayEvents({ notifications, lastEventAt }: RegistryItem): { pushes: Said; pulls: Said } {
  if (notifications.secretSet && lastEventAt !== null)
    return {
      pushes: {
        state: "yes",
        meaning: "A push is in the lists within seconds, with who pushed.",
        remedy: null,
      },
      pulls: {
        state: "yes",
        meaning: "Successful pulls are counted. Failed ones are not part of any notification.",
        remedy: null,
      },
    };
  const remedy = notifications.secretSet
    ? "The secret is made: paste the configuration of the Notifications tab into the registry."
    : "Turn on notifications, on the Notifications tab.";
  return {
    pushes: {
      state: "no",
      meaning: "A push appears with the next sync, as seen then, without who pushed.",
      remedy,
    },
    pulls: { state: "no", meaning: "When something was last pulled is unknown.", remedy },
  };
}

function sayReferrers(registry: RegistryItem): Said {
  const { capabilities } = registry;
  if (capabilities.referrers === "api")
    return { state: "yes", meaning: "It has the referrers API.", remedy: null };
  if (capabilities.referrers === "fallback")
    return {
      state: "partly",
      meaning: "It has no referrers API. They are found where the client wrote the fallback tag.",
      remedy: null,
    };
  return sayUnknown(registry, "It takes a repository to try with.");
}

function sayDeletion(registry: RegistryItem): Said {
  const { capabilities } = registry;
  if (capabilities.deletion === "on")
    return { state: "yes", meaning: "Manifests can be deleted from here.", remedy: null };
  if (capabilities.deletion === "off")
    return {
      state: "no",
      meaning: "It refuses every deletion.",
      remedy:
        "distribution: REGISTRY_STORAGE_DELETE_ENABLED=true, or storage.delete.enabled in its configuration.",
    };
  return sayUnknown(registry, "It takes a repository to try with, and a login that may delete.");
}

function sayTagDeletion(registry: RegistryItem): Said {
  const { capabilities } = registry;
  if (capabilities.deletion === "off")
    return { state: "no", meaning: "It refuses every deletion.", remedy: null };
  if (capabilities.tagDeletion === "by-name")
    return { state: "yes", meaning: "Other tags of the same digest stay by themselves.", remedy: null };
  if (capabilities.tagDeletion === "by-digest-only")
    return {
      state: "partly",
      meaning:
        "It deletes by digest only, which takes every tag of it along. So the tag is first moved to a throw-away manifest, and that is deleted: its siblings stay.",
      remedy: null,
    };
  return sayUnknown(registry, "It takes a repository to try with.");
}

function sayIdentity({ capabilities }: RegistryItem): Said {
  switch (capabilities.authentication) {
    case "none":
      return {
        state: "no",
        meaning: "It asks nobody for a login, so its notifications name no one.",
        remedy: "Switch on authentication in the registry.",
      };
    case "basic":
      return { state: "yes", meaning: "It asks for user name and password.", remedy: null };
    case "bearer":
      return {
        state: "yes",
        meaning: capabilities.realm
          ? `It asks for tokens of ${capabilities.realm}.`
          : "It asks for tokens of a token service.",
        remedy: null,
      };
    default:
      return { state: "unknown", meaning: "Not tried yet.", remedy: askTest };
  }
}

function sayTransport({ url }: RegistryItem): Said {
  if (url.startsWith("https:"))
    return { state: "yes", meaning: "By TLS, with a certificate that is checked.", remedy: null };
  return {
    state: "no",
    meaning: "Plain HTTP: anybody on the way can read and change what is sent, credentials too.",
    remedy: "Give the registry a certificate and connect by https.",
  };
}

/** What this registry does not tell at all, in few words. */
export function listUntold(registry: RegistryItem): string[] {
  const told: CapabilityKey[] = ["catalog", "pushes", "pulls", "deletion"];
  return prepareCapabilities(registry)
    .filter(({ key, state }) => told.includes(key) && state === "no")
    .map(({ short }) => short);
}
