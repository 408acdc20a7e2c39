import type { Need } from "#lib/home/schema";
import { planIntervalMinutes } from "#lib/inventory/evaluate-due";
import type { Sync } from "#lib/inventory/schema-sync";
import type { RegistryItem } from "#lib/registries/schema";

const staleAfterIntervals = 3;
const order: Record<Need["severity"], number> = { danger: 0, warn: 1, hint: 2 };

/** What of the registries waits for a person, the worst first. */
export function evaluateNeeds(
  registries: readonly { registry: RegistryItem; sync: Sync }[],
  now: Date,
): Need[] {
  return registries
    .filter(({ registry }) => registry.disconnectedAt === null)
    .flatMap(({ registry, sync }) => needsOf(registry, sync, now))
    .sort((a, b) => order[a.severity] - order[b.severity]);
}

function needsOf(registry: RegistryItem, sync: Sync, now: Date): Need[] {
  const { slug } = registry;
  const needs: Need[] = [];
  const running = sync.state === "queued" || sync.state === "running" || sync.state === "stopping";
  if (registry.state.state === "failing")
    needs.push({
      kind: "registry-failing",
      severity: "danger",
      registry: slug,
      title: `${slug} does not answer as it should`,
      detail: `${registry.state.detail ?? "The last requests failed."} What was last known is still shown. Test the connection to see which step fails.`,
      since: registry.state.since,
    });
  else if (sync.state === "failed")
    needs.push({
      kind: "sync-failed",
      severity: "danger",
      registry: slug,
      title: `The last sync of ${slug} failed`,
      detail: `${sync.error ?? "It ended early."} Start it again; it goes on where it stopped.`,
      since: sync.finishedAt,
    });
  else if (registry.lastSyncedAt === null && !running)
    needs.push({
      kind: "never-synced",
      severity: "warn",
      registry: slug,
      title: `${slug} has not been synced yet`,
      detail: "Start the first sync to see its repositories and tags.",
      since: registry.createdAt,
    });
  else if (isStale(registry, now) && !running)
    needs.push({
      kind: "stale",
      severity: "warn",
      registry: slug,
      title: `${slug} was last synced longer ago than planned`,
      detail: `A sync every ${registry.syncEveryMinutes} minutes is asked for. Check that the worker runs.`,
      since: registry.lastSyncedAt,
    });
  if (sync.incomplete !== null && !running)
    needs.push({
      kind: "sync-incomplete",
      severity: "warn",
      registry: slug,
      title: `The inventory of ${slug} is not whole`,
      detail: sync.incomplete,
      since: sync.finishedAt,
    });
  if (registry.notifications.unreadable > 0)
    needs.push({
      kind: "unreadable-notifications",
      severity: "warn",
      registry: slug,
      title: `${registry.notifications.unreadable} notifications of ${slug} could not be read`,
      detail: "They are kept. A newer registry or a proxy in between may have changed their form.",
      since: null,
    });
  else if (registry.lastEventAt === null && registry.lastSyncedAt !== null)
    needs.push({
      kind: "no-notifications",
      severity: "hint",
      registry: slug,
      title: `${slug} sends no notifications`,
      detail: "Pushes appear with the next sync only, and pulls are not seen at all, until it does.",
      since: null,
    });
  return needs;
}

function isStale(registry: RegistryItem, now: Date): boolean {
  if (registry.syncEveryMinutes === 0 || registry.lastSyncedAt === null) return false;
  const toTime = (text: string | null) => (text === null ? null : new Date(text));
  const every = planIntervalMinutes({
    syncEveryMinutes: registry.syncEveryMinutes,
    hasIngestSecret: registry.notifications.secretSet,
    lastSweptAt: toTime(registry.lastSweptAt),
    lastEventAt: toTime(registry.lastEventAt),
  });
  const looked = Math.max(
    Date.parse(registry.lastSyncedAt),
    Date.parse(registry.lastSweptAt ?? registry.lastSyncedAt),
  );
  return now.getTime() - looked > every * 60_000 * staleAfterIntervals;
}
