import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { summariseOpenFailures } from "#lib/failures/incident-service";
import { countWaitingRequests } from "#lib/grants/service-requests";
import { evaluateNeeds } from "#lib/home/rules";
import type { Home, HomeRegistry, RecentMove } from "#lib/home/schema";
import { listRecentMoveRows, type RecentMoveRow } from "#lib/home/store";
import { tagMoveSources } from "#lib/inventory/schema";
import type { Sync } from "#lib/inventory/schema-sync";
import { hostOf } from "#lib/inventory/service-access";
import { summariseRepositories } from "#lib/inventory/service-repositories";
import { getSync } from "#lib/inventory/sync-service";
import { summariseAbandoned } from "#lib/principals/service";
import { listExpiringSecrets } from "#lib/principals/service-secrets";
import { listRegistries } from "#lib/registries/connection-service";
import type { RegistryItem } from "#lib/registries/schema";

const shownMoves = 12;
const shownRegistries = 50;

/** What the first page says: what waits for a person, how the registries are, and what moved last. */
export async function getHome(ctx: Context): Promise<Home> {
  authorizeSomewhere(ctx, "repositories.read");
  const [page, summary, moves, expiring, abandoned, waitingRequests, failures] = await Promise.all([
    listRegistries(ctx, { limit: shownRegistries }),
    summariseRepositories(ctx, { state: "present" }),
    listRecentMoveRows(evaluateScope(ctx.principal, "repositories.read"), shownMoves),
    listExpiringSecrets(ctx),
    summariseAbandoned(ctx),
    countWaitingRequests(ctx),
    summariseOpenFailures(ctx),
  ]);
  const registries = await Promise.all(
    page.items.map(async (registry) => ({ registry, sync: await getSync(ctx, registry.slug) })),
  );
  return {
    needs: evaluateNeeds(registries, { expiring, abandoned, waitingRequests }, failures, ctx.now),
    registries: registries.map(toHomeRegistry),
    summary,
    recentMoves: moves.map(toRecentMove),
  };
}

function toHomeRegistry({ registry, sync }: { registry: RegistryItem; sync: Sync }): HomeRegistry {
  return {
    slug: registry.slug,
    name: registry.name,
    host: hostOf(registry.url),
    state: registry.state.state,
    stateDetail: registry.state.detail,
    stateSince: registry.state.since,
    lastSyncedAt: registry.lastSyncedAt,
    lastEventAt: registry.lastEventAt,
    disconnectedAt: registry.disconnectedAt,
    repositoryCount: registry.repositoryCount,
    tagCount: registry.tagCount,
    sizeBytes: registry.sizeBytes,
    sync,
  };
}

function toRecentMove(row: RecentMoveRow): RecentMove {
  return {
    registry: row.registry,
    repository: row.repository,
    tag: row.tag,
    digest: row.digest,
    previousDigest: row.previous_digest,
    at: row.at.toISOString(),
    atSeen: row.at_seen,
    actor: row.actor,
    source: tagMoveSources.find((source) => source === row.source) ?? "crawl",
  };
}
