import type { RegistryItem } from "#lib/registries/schema";

export interface RegistryStanding {
  tone: "good" | "danger" | "plain";
  word: string;
  /** Since when, where that matters. */
  since: string | null;
  /** Why, in the registry's or our own words. */
  because: string | null;
}

/** How a registry stands, in a word, with since and because where it does not stand well. */
export function describeRegistry(
  registry: Pick<RegistryItem, "state" | "disconnectedAt" | "lastSyncedAt">,
): RegistryStanding {
  const { state, disconnectedAt } = registry;
  if (disconnectedAt !== null)
    return { tone: "plain", word: "disconnected", since: disconnectedAt, because: null };
  if (state.state === "failing")
    return { tone: "danger", word: "failing", since: state.since, because: state.detail };
  if (state.state === "new") return { tone: "plain", word: "new", since: null, because: null };
  return { tone: "good", word: "answers", since: null, because: null };
}

/** When the registry was last looked at as a whole, by a full sync or a quick sweep. */
export function latestLookAt(registry: Pick<RegistryItem, "lastSyncedAt" | "lastSweptAt">): string | null {
  const { lastSyncedAt, lastSweptAt } = registry;
  if (lastSyncedAt === null || lastSweptAt === null) return lastSyncedAt ?? lastSweptAt;
  return Date.parse(lastSweptAt) > Date.parse(lastSyncedAt) ? lastSweptAt : lastSyncedAt;
}
