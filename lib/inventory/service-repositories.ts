import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope, isPermitted, type Scope } from "#lib/auth/rules";
import { findMissingGrant } from "#lib/enforcement/service-deeds";
import { formatCursor, malformedCursor, parseCursor } from "#lib/http/cursor";
import type { Page } from "#lib/http/page-schema";
import {
  type ListFoldersQuery,
  type ListRepositoriesQuery,
  type RepositoryDetail,
  type RepositoryFacets,
  type RepositoryFolderItem,
  type RepositoryItem,
  type RepositoryQuery,
  type RepositoryStorage,
  type RepositorySummary,
  repositoryKinds,
  type SummariseRepositoriesQuery,
} from "#lib/inventory/schema";
import { facetLimit } from "#lib/inventory/schema-facet-limit";
import {
  isProtected,
  listVisibleRegistries,
  openRegistry,
  openRepository,
  toRegistryState,
} from "#lib/inventory/service-access";
import { findTeamRules, type RegistryRow } from "#lib/inventory/store-read-registries";
import {
  countFolderRows,
  countRepositoriesTo,
  findRepositoryStorage,
  listFolderRows,
  listRepositoryRows,
  type RepositoryFacetFilter,
  type RepositoryFilter,
  type RepositoryRow,
  sumRepositories,
  sumStoredBytes,
  sumStoredBytesOf,
} from "#lib/inventory/store-read-repositories";
import { type DailyPulls, listDailyPulls } from "#lib/inventory/store-read-usage";

export async function listRepositories(
  ctx: Context,
  query: ListRepositoriesQuery,
): Promise<Page<RepositoryItem>> {
  authorizeSomewhere(ctx, "repositories.read");
  const { filter, registries } = await prepareFilter(ctx, query);
  const page = await listRepositoryRows(filter, query);
  const byId = new Map(registries.map((registry) => [registry.id, registry]));
  const pulls = await listDailyPulls(page.rows, ctx.now);
  const items = page.rows.flatMap((row) => {
    const registry = byId.get(row.registry_id);
    return registry ? [toRepositoryItem(row, registry, filter.scope, pulls.get(row.id) ?? null)] : [];
  });
  return { items, nextCursor: page.nextCursor };
}

/** One repository with the state of its registry and what the caller may do with it. */
export async function getRepository(ctx: Context, query: RepositoryQuery): Promise<RepositoryDetail> {
  const { registry, repository } = await openRepository(
    ctx,
    "repositories.read",
    query.registry,
    query.repository,
  );
  const target = { registryId: registry.id, repository: repository.name };
  const may = (permission: Parameters<typeof isPermitted>[1]) =>
    isPermitted(ctx.principal, permission, target) && registry.disconnectedAt === null;
  const [missingPush, missingDelete] = await Promise.all([
    findMissingGrant(ctx, registry, repository.name, "push"),
    findMissingGrant(ctx, registry, repository.name, "delete"),
  ]);
  const pulls = await listDailyPulls([repository], ctx.now);
  const scope = evaluateScope(ctx.principal, "repositories.read");
  return {
    ...toRepositoryItem(repository, registry, scope, pulls.get(repository.id) ?? null),
    registryState: toRegistryState(registry),
    missingGrants: { push: missingPush, delete: missingDelete },
    allowed: {
      putBack: may("tags.write"),
      deleteTags: may("tags.delete"),
      deleteManifests: may("manifests.delete"),
      sync: isPermitted(ctx.principal, "registries.sync", { registryId: registry.id }),
      readAccess: isPermitted(ctx.principal, "access.read", target),
      writeAccess: may("access.write"),
    },
  };
}

const storageTimeoutMs = 1_500;

export async function getRepositoryStorage(ctx: Context, query: RepositoryQuery): Promise<RepositoryStorage> {
  const { repository } = await openRepository(ctx, "repositories.read", query.registry, query.repository);
  const scope = evaluateScope(ctx.principal, "repositories.read");
  const row = await findRepositoryStorage(repository.id, scope, storageTimeoutMs);
  return {
    uniqueBytes: row ? Number(row.unique_bytes) : null,
    sharedBytes: row ? Number(row.shared_bytes) : null,
    untaggedManifestCount: row ? Number(row.untagged) : null,
  };
}

interface KeptSummary {
  summary: RepositorySummary;
  until: number;
}
const keptSummaries = new Map<string, KeptSummary>();
const keepForMs = 60_000;
const keepSummaries = 200;
const slowMs = 100;

/** Counts over what the caller may see. Figures that were slow to count are kept for a minute. */
export async function summariseRepositories(
  ctx: Context,
  query: SummariseRepositoriesQuery,
): Promise<RepositorySummary> {
  authorizeSomewhere(ctx, "repositories.read");
  const { filter, registries } = await prepareFilter(ctx, query);
  const key = JSON.stringify(filter);
  const nowMs = ctx.now.getTime();
  const kept = keptSummaries.get(key);
  if (kept && kept.until > nowMs) return kept.summary;
  const startedAt = performance.now();
  const totals = await sumRepositories(filter);
  const summary: RepositorySummary = {
    repositoryCount: Number(totals.repository_count),
    tagCount: Number(totals.tag_count),
    pushedBytes: Number(totals.pushed_bytes),
    storedBytes: await countStoredBytes(filter, registries, Number(totals.manifest_count)),
    countedAt: ctx.now.toISOString(),
  };
  if (performance.now() - startedAt > slowMs) {
    if (keptSummaries.size >= keepSummaries) keptSummaries.clear();
    keptSummaries.set(key, { summary, until: nowMs + keepForMs });
  }
  return summary;
}

/** So many are walked in well under a tenth of a second. */
const walkableManifests = 10_000;

async function countStoredBytes(
  filter: RepositoryFilter,
  registries: RegistryRow[],
  manifestCount: number,
): Promise<number | null> {
  const { protectedBy, pulled, staleIn, kind } = filter.facets;
  const named =
    filter.q !== "" ||
    filter.prefix !== "" ||
    (filter.teamRules ?? protectedBy ?? pulled ?? staleIn ?? kind) !== null;
  const ids = registries
    .map((registry) => registry.id)
    .filter((id) => filter.registryId === null || id === filter.registryId)
    .filter((id) => !filter.withoutRegistryIds.includes(id));
  const whole =
    !named && filter.state !== "missing" && ids.every((id) => seesWholeRegistry(filter.scope, id));
  if (whole) return Number(await sumStoredBytes(ids));
  return manifestCount <= walkableManifests ? Number(await sumStoredBytesOf(filter)) : null;
}

/**
 * How many repositories each filter would leave, beside the others that are set. Each is a question of its own, which
 * an index answers and which stops at the limit: no count reads the whole table.
 */
export async function countRepositoryFacets(
  ctx: Context,
  query: SummariseRepositoriesQuery,
): Promise<RepositoryFacets> {
  authorizeSomewhere(ctx, "repositories.read");
  const count = async (change: Partial<SummariseRepositoriesQuery>) =>
    countRepositoriesTo(facetLimit, (await prepareFilter(ctx, { ...query, ...change })).filter);
  const [guarded, neverPulled, stale, image, chart, artifact, { registries }] = await Promise.all([
    count({ protected: "true" }),
    count({ pulled: "never" }),
    count({ stale: "true" }),
    count({ kind: "image" }),
    count({ kind: "helm-chart" }),
    count({ kind: "artifact" }),
    prepareFilter(ctx, query),
  ]);
  return {
    protected: guarded,
    neverPulled,
    stale,
    kinds: { image, "helm-chart": chart, artifact },
    silentRegistries: registries
      .filter((registry) => registry.pullsSince === null && registry.disconnectedAt === null)
      .map((registry) => registry.slug),
  };
}

function seesWholeRegistry(scope: Scope, registryId: number): boolean {
  if (scope.everywhere) return true;
  return scope.rules.some(
    (rule) => rule.pattern === null && (rule.registryId === null || rule.registryId === registryId),
  );
}

/** Children of a folder in the tree of repositories, with how many repositories are below each. */
export async function listRepositoryFolders(
  ctx: Context,
  query: ListFoldersQuery,
): Promise<Page<RepositoryFolderItem>> {
  const registry = await openRegistry(ctx, query.registry);
  const scope = evaluateScope(ctx.principal, "repositories.read");
  const parent = query.parent.replace(/\/$/, "");
  const cursor = parseCursor(query.cursor, "path");
  if (cursor && typeof cursor.value !== "string") throw malformedCursor();
  const after = cursor ? String(cursor.value) : "";
  const list = seesWholeRegistry(scope, registry.id) ? listFolderRows : countFolderRows;
  const rows = await list(registry.id, parent, after, query.limit + 1, scope);
  const kept = rows.slice(0, query.limit);
  const last = kept[kept.length - 1];
  return {
    items: kept.map((row) => ({
      path: row.path,
      name: row.path.slice(row.path.lastIndexOf("/") + 1),
      repositoryCount: row.repository_count,
    })),
    nextCursor:
      rows.length > kept.length && last
        ? formatCursor({ sort: "path", value: last.path, id: last.path })
        : null,
  };
}

async function prepareFilter(
  ctx: Context,
  query: SummariseRepositoriesQuery,
): Promise<{ filter: RepositoryFilter; registries: RegistryRow[] }> {
  const asked = query.registry === undefined ? null : await openRegistry(ctx, query.registry);
  const registries = asked ? [asked] : await listVisibleRegistries(ctx);
  const teamRules = query.team === undefined ? null : await findTeamRules(query.team);
  const disconnected = registries.filter((registry) => registry.disconnectedAt !== null);
  return {
    registries,
    filter: {
      scope: evaluateScope(ctx.principal, "repositories.read"),
      registryId: asked?.id ?? null,
      withoutRegistryIds: asked || query.state === "all" ? [] : disconnected.map((registry) => registry.id),
      q: (query.q ?? "").trim().toLowerCase(),
      prefix: query.prefix === "/" ? "" : (query.prefix ?? ""),
      // An unknown team has no repositories: the filter must not fall away.
      teamRules: query.team === undefined ? null : (teamRules ?? []),
      state: query.state,
      facets: prepareFacets(query, registries),
    },
  };
}

function prepareFacets(
  query: SummariseRepositoriesQuery,
  registries: readonly RegistryRow[],
): RepositoryFacetFilter {
  const idsWhere = (fits: (registry: RegistryRow) => boolean) => registries.filter(fits).map(({ id }) => id);
  const tells = (registry: RegistryRow) => registry.pullsSince !== null;
  const rules = registries.flatMap(({ id, protectedPatterns }) =>
    protectedPatterns.map((pattern) => ({ registryId: id, pattern })),
  );
  return {
    protectedBy: query.protected === undefined ? null : { is: query.protected === "true", rules },
    pulled:
      query.pulled === undefined
        ? null
        : {
            seen: query.pulled === "seen",
            registryIds:
              query.pulled === "seen"
                ? null
                : idsWhere((registry) => tells(registry) === (query.pulled === "never")),
          },
    staleIn:
      query.stale === undefined
        ? null
        : { is: query.stale === "true", registryIds: idsWhere((registry) => registry.state === "failing") },
    kind: query.kind ?? null,
  };
}

function toRepositoryItem(
  row: RepositoryRow,
  registry: RegistryRow,
  scope: Scope,
  dailyPulls: DailyPulls,
): RepositoryItem {
  // What others share must not tell of repositories that the caller may not see.
  const unique = seesWholeRegistry(scope, registry.id) ? row.unique_bytes : null;
  return {
    registry: registry.slug,
    name: row.name,
    tagCount: row.tag_count,
    manifestCount: row.manifest_count,
    sizeBytes: Number(row.size_bytes),
    uniqueBytes: unique === null ? null : Math.min(Number(unique), Number(row.size_bytes)),
    kind: repositoryKinds.find((kind) => kind === row.kind) ?? null,
    lastPushedAt: row.last_pushed_at?.toISOString() ?? null,
    lastPulledAt: row.last_pulled_at?.toISOString() ?? null,
    dailyPulls,
    firstSeenAt: row.first_seen_at.toISOString(),
    missingSince: row.missing_since?.toISOString() ?? null,
    disconnectedAt: registry.disconnectedAt?.toISOString() ?? null,
    protected: isProtected(registry, row.name),
  };
}
