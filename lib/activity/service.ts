import type { ActivityFilter } from "#lib/activity/choose-sums";
import { keepSlow } from "#lib/activity/keep-slow";
import { prepareDays, prepareDaysBefore, prepareHeard } from "#lib/activity/rules-window";
import type {
  ActivityAction,
  ActivityRepositories,
  ActivityRepositoriesQuery,
  ActivitySeries,
  ActivitySeriesQuery,
  Publishing,
  PublishingQuery,
} from "#lib/activity/schema";
import { listActiveRepositories, listPublishingRows } from "#lib/activity/store";
import { listActivityRows, listToldDays, sumActivity } from "#lib/activity/store-series";
import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { arrangeSeries, listSteps } from "#lib/failures/rules-series";
import { listVisibleRegistries } from "#lib/inventory/service-access";
import { listTeamReaches } from "#lib/teams/list-team-reaches";

/** Pushes, pulls and deletions over time, by registry, repository, team or principal, in whole days (UTC). */
export async function listActivitySeries(ctx: Context, query: ActivitySeriesQuery): Promise<ActivitySeries> {
  const { step, by, top } = query;
  const { filter, registries, teams } = await prepareFilter(ctx, query);
  const to = new Date(query.to);
  const steps =
    step === "total"
      ? [new Date(prepareDays(new Date(query.from), to).from)]
      : listSteps(new Date(query.from), to, step, "UTC");
  const window = prepareDays(steps[0] ?? new Date(query.from), to);
  const key = JSON.stringify(["series", filter, window, step, by, top, teams]);
  const [rows, once, totalBefore, told] = await keepSlow(key, ctx.now, () =>
    Promise.all([
      listActivityRows(db(), filter, window, { step, by, top }, teams),
      // By team a repository may count more than once.
      by === "team" ? sumActivity(db(), filter, window) : null,
      sumActivity(db(), filter, prepareDaysBefore(window)),
      listToldDays(db(), filter.registryIds, window),
    ]),
  );
  const series = arrangeSeries(rows, steps);
  return {
    from: new Date(window.from).toISOString(),
    to: to.toISOString(),
    step,
    by,
    at: steps.map((at) => at.toISOString()),
    series,
    total: once ?? series.reduce((sum, { total }) => sum + total, 0),
    totalBefore,
    heard: prepareHeard(steps, window, registries, told, ctx.now),
    silentRegistries: registries
      .filter(({ pullsSince, disconnectedAt }) => pullsSince === null && disconnectedAt === null)
      .map(({ slug }) => slug),
  };
}

const publishersShown = 100;
const daysBefore = 90;

/** Who pushed to protected repositories, how often, and whether they had done so before. */
export async function listPublishing(ctx: Context, query: PublishingQuery): Promise<Publishing> {
  const { filter, registries } = await prepareFilter(ctx, query);
  const [from, to] = [new Date(query.from), new Date(query.to)];
  const rules = registries.flatMap(({ id, protectedPatterns }) =>
    protectedPatterns.map((pattern) => ({ registryId: id, pattern })),
  );
  const window = prepareDays(from, to);
  const key = JSON.stringify(["publishing", filter, window, rules]);
  const rows = await keepSlow(key, ctx.now, () =>
    listPublishingRows(db(), filter, window, rules, daysBefore, publishersShown + 1),
  );
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    hasProtected: rules.length > 0,
    items: rows.slice(0, publishersShown).map((row) => ({
      registry: row.registry,
      repository: row.repository,
      principal: row.principal,
      pushes: row.pushes,
      firstDay: row.first_day,
      lastDay: row.last_day,
      pushedBefore: row.pushed_before || row.known_before ? row.pushed_before : null,
    })),
    more: rows.length > publishersShown,
  };
}

/** Repositories with most activity in a window, with their first push and last pull of all that is known. */
export async function listActivityRepositories(
  ctx: Context,
  query: ActivityRepositoriesQuery,
): Promise<ActivityRepositories> {
  const { filter, registries } = await prepareFilter(ctx, query);
  const window = prepareDays(new Date(query.from), new Date(query.to));
  const { sort, limit } = query;
  const key = JSON.stringify(["repositories", filter, window, sort, limit]);
  const rows = await keepSlow(key, ctx.now, () =>
    listActiveRepositories(db(), filter, window, sort, limit + 1),
  );
  const pullsSince = new Map(registries.map((registry) => [registry.id, registry.pullsSince]));
  return {
    items: rows.slice(0, limit).map((row) => ({
      registry: row.registry,
      repository: row.repository,
      pushes: row.pushes,
      pulls: row.pulls,
      deletes: row.deletes,
      firstPushedAt: row.first_pushed_at?.toISOString() ?? null,
      lastPushedAt: row.last_pushed_at?.toISOString() ?? null,
      lastPulledAt: row.last_pulled_at?.toISOString() ?? null,
      pullsSince: pullsSince.get(row.registry_id)?.toISOString() ?? null,
    })),
    more: rows.length > limit,
  };
}

interface Asked {
  registry?: string | undefined;
  repository?: string | undefined;
  team?: string | undefined;
  principal?: string | undefined;
  action?: ActivityAction | undefined;
  by?: ActivitySeriesQuery["by"];
}

/** What is not there, or may not be seen, has no activity: filters never say which of the two it is. */
async function prepareFilter(ctx: Context, asked: Asked) {
  authorizeSomewhere(ctx, "activity.read");
  const needsTeams = asked.team !== undefined || asked.by === "team";
  const [visible, teams] = await Promise.all([
    listVisibleRegistries(ctx),
    needsTeams ? listTeamReaches(ctx) : [],
  ]);
  const registries = visible.filter(({ slug }) => asked.registry === undefined || slug === asked.registry);
  const filter: ActivityFilter = {
    scope: evaluateScope(ctx.principal, "activity.read"),
    registryIds: registries.map(({ id }) => id),
    repository: asked.repository,
    principal: asked.principal,
    action: asked.action,
    teamReaches:
      asked.team === undefined ? null : (teams.find(({ slug }) => slug === asked.team)?.reaches ?? []),
  };
  return { filter, registries, teams };
}
