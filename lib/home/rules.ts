import type { Need } from "#lib/home/schema";
import { planIntervalMinutes } from "#lib/inventory/evaluate-due";
import type { Sync } from "#lib/inventory/schema-sync";
import { evaluateNotice } from "#lib/principals/rules";
import type { AbandonedPrincipals, ExpiringSecret } from "#lib/principals/schema";
import type { RegistryItem } from "#lib/registries/schema";

const staleAfterIntervals = 3;
const order: Record<Need["severity"], number> = { danger: 0, warn: 1, hint: 2 };

/** Pulls that fail now. */
export interface FailureNeeds {
  /** A hundred stand for a hundred or more. */
  count: number;
  newest: { title: string; firstAt: string } | null;
}

export interface AccessNeeds {
  /** Secrets that end within two weeks, or did without another one, the first one first. */
  expiring: readonly ExpiringSecret[];
  /** Robots and workloads that work on for somebody whose account is disabled. */
  abandoned: AbandonedPrincipals;
  /** Requests for access that wait for a decision. */
  waitingRequests: number;
}

/** What waits for a person, the worst first. */
export function evaluateNeeds(
  registries: readonly { registry: RegistryItem; sync: Sync }[],
  access: AccessNeeds,
  failures: FailureNeeds,
  now: Date,
): Need[] {
  const ofRegistries = registries
    .filter(({ registry }) => registry.disconnectedAt === null)
    .flatMap(({ registry, sync }) => needsOf(registry, sync, now));
  const ofAccess = [
    ...access.expiring.flatMap((secret) => needOfSecret(secret, now) ?? []),
    ...needOfAbandoned(access.abandoned),
    ...(access.waitingRequests > 0 ? [needOfRequests(access.waitingRequests)] : []),
  ];
  return [...needOfFailures(failures), ...ofRegistries, ...ofAccess].sort(
    (a, b) => order[a.severity] - order[b.severity],
  );
}

const manyFailures = 100;

function needOfFailures({ count, newest }: FailureNeeds): Need[] {
  if (newest === null) return [];
  const number = count >= manyFailures ? `${manyFailures} or more pulls` : `${count} pulls`;
  return [
    {
      kind: "failing-pulls",
      severity: "danger",
      registry: null,
      principal: null,
      title: count === 1 ? "One pull fails now" : `${number} fail now`,
      detail: `${count === 1 ? "" : "The last one: "}${newest.title}.`,
      since: count === 1 ? newest.firstAt : null,
    },
  ];
}

/** Told 14, 7 and 1 days before its end, more urgently each time, and when it has ended. */
function needOfSecret(secret: ExpiringSecret, now: Date): Need | null {
  const notice = evaluateNotice(secret.expiresAt, now);
  if (notice === null) return null;
  const { name, expiresAt, principal } = secret;
  const hasEnded = expiresAt <= now;
  const days = Math.ceil((expiresAt.getTime() - now.getTime()) / (24 * 3_600_000));
  const end = hasEnded ? "has expired" : `expires ${days <= 1 ? "within a day" : `in ${days} days`}`;
  return {
    kind: "secret-expiring",
    severity: notice === 1 ? "danger" : notice === 7 ? "warn" : "hint",
    registry: null,
    principal,
    title: `The registry secret ${name} of ${principal.name} ${end}`,
    detail: hasEnded
      ? "There is no other one to sign in with. Make a new one and hand it over."
      : "Make a new one and hand it over, then revoke this one: both work at the same time.",
    since: hasEnded ? expiresAt.toISOString() : null,
  };
}

/** Pipelines go on when somebody leaves; whoever may write access is told until they have a new owner. */
function needOfAbandoned({ count, newest }: AbandonedPrincipals): Need[] {
  if (newest === null) return [];
  const { id, kind, name, owner, since } = newest;
  return [
    {
      kind: "owner-disabled",
      severity: "warn",
      registry: null,
      principal: count === 1 ? { id, kind, name } : null,
      title:
        count === 1
          ? `Nobody answers for ${name}: the account of ${owner} is disabled`
          : `Nobody answers for ${count} robots and workloads: the accounts of their owners are disabled`,
      detail: `${count === 1 ? "It goes" : "They go"} on working, and nobody renews the secrets. Name a new owner.`,
      since: since.toISOString(),
    },
  ];
}

function needOfRequests(count: number): Need {
  return {
    kind: "access-requests",
    severity: "hint",
    registry: null,
    principal: null,
    title: count === 1 ? "One request for access waits" : `${count} requests for access wait`,
    detail: "Approve, which makes the grant, or decline with a word.",
    since: null,
  };
}

function needsOf(registry: RegistryItem, sync: Sync, now: Date): Need[] {
  const { slug } = registry;
  const needs: Need[] = [];
  const running = sync.state === "queued" || sync.state === "running" || sync.state === "stopping";
  if (registry.enforcement?.state === "suspended")
    needs.push({
      kind: "enforcement-suspended",
      severity: "danger",
      registry: slug,
      principal: null,
      title: `Grants are suspended in ${slug}`,
      detail:
        "Whoever signs in may pull and push everything. Turn enforcement on when the emergency is over.",
      since: registry.enforcement.since,
    });
  if (registry.state.state === "failing")
    needs.push({
      kind: "registry-failing",
      severity: "danger",
      registry: slug,
      principal: null,
      title: `${slug} does not answer as it should`,
      detail: `${registry.state.detail ?? "The last requests failed."} What was last known is still shown. Test the connection to see which step fails.`,
      since: registry.state.since,
    });
  else if (sync.state === "failed")
    needs.push({
      kind: "sync-failed",
      severity: "danger",
      registry: slug,
      principal: null,
      title: `The last sync of ${slug} failed`,
      detail: `${sync.error ?? "It ended early."} Start it again; it goes on where it stopped.`,
      since: sync.finishedAt,
    });
  else if (registry.lastSyncedAt === null && !running)
    needs.push({
      kind: "never-synced",
      severity: "warn",
      registry: slug,
      principal: null,
      title: `${slug} has not been synced yet`,
      detail: "Start the first sync to see its repositories and tags.",
      since: registry.createdAt,
    });
  else if (isStale(registry, now) && !running)
    needs.push({
      kind: "stale",
      severity: "warn",
      registry: slug,
      principal: null,
      title: `${slug} was last synced longer ago than planned`,
      detail: `A sync every ${registry.syncEveryMinutes} minutes is asked for. Check that the worker runs.`,
      since: registry.lastSyncedAt,
    });
  if (sync.incomplete !== null && !running)
    needs.push({
      kind: "sync-incomplete",
      severity: "warn",
      registry: slug,
      principal: null,
      title: `The inventory of ${slug} is not whole`,
      detail: sync.incomplete,
      since: sync.finishedAt,
    });
  if (registry.notifications.unreadable > 0)
    needs.push({
      kind: "unreadable-notifications",
      severity: "warn",
      registry: slug,
      principal: null,
      title: `${registry.notifications.unreadable} notifications of ${slug} could not be read`,
      detail: "They are kept. A newer registry or a proxy in between may have changed their form.",
      since: null,
    });
  else if (registry.lastEventAt === null && registry.lastSyncedAt !== null)
    needs.push({
      kind: "no-notifications",
      severity: "hint",
      registry: slug,
      principal: null,
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
