import { authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { countPulls, listHeard } from "#lib/events/heard-service";
import { arrangeSeries, listSteps } from "#lib/failures/rules-series";
import type { FailureSeries, FailureSeriesQuery } from "#lib/failures/schema-incidents";
import { countIncidentRows } from "#lib/failures/store-read-incidents";
import { listSeriesRows, sumFailures } from "#lib/failures/store-series";
import { listVisibleRegistries } from "#lib/inventory/service-access";

const countedOpen = 1_000;

/** Failures over time, by cause or whatever else; beside them how many went well, and when nobody could have heard. */
export async function listFailureSeries(ctx: Context, query: FailureSeriesQuery): Promise<FailureSeries> {
  authorizeSomewhere(ctx, "failures.read");
  const { from: fromText, to: toText, step, by, zone, sum, top, ...filter } = query;
  const [from, to] = [new Date(fromText), new Date(toText)];
  const isSum = sum === "true";
  const steps = listSteps(from, to, step, zone).slice(0, isSum ? 1 : undefined);
  const scope = evaluateScope(ctx.principal, "failures.read");
  // Hours are whole: the window begins with the hour that it begins in.
  const window = { from: steps[0] ?? from, to };
  const before = { from: new Date(2 * window.from.getTime() - to.getTime()), to: window.from };
  const isWhole = scope.everywhere && hasOnlyRegistry(filter);
  const [rows, totalBefore, open, pulls, heard] = await Promise.all([
    listSeriesRows(db(), filter, scope, { starts: steps, to }, { by, top }, ctx.now),
    sumFailures(db(), filter, scope, before, ctx.now),
    countIncidentRows(db(), { ...filter, state: "open" }, scope, ctx.now, countedOpen),
    isWhole ? countPulls(filter.registry ?? null, window) : null,
    listHeard(await listVisibleIds(ctx, filter.registry), {
      from: window.from,
      to: to < ctx.now ? to : ctx.now,
    }),
  ]);
  const series = arrangeSeries(rows, steps);
  return {
    from: window.from.toISOString(),
    to: to.toISOString(),
    step,
    by,
    at: steps.map((at) => at.toISOString()),
    series,
    total: series.reduce((sum, { total }) => sum + total, 0),
    totalBefore,
    open,
    pulls,
    heard: prepareHeard(steps, to, heard),
  };
}

/** What nobody may see of a registry includes whether it was heard. */
async function listVisibleIds(ctx: Context, slug: string | undefined): Promise<number[]> {
  const visible = await listVisibleRegistries(ctx);
  return visible.filter((one) => slug === undefined || one.slug === slug).map(({ id }) => id);
}

function hasOnlyRegistry({ registry: _registry, ...others }: Record<string, unknown>): boolean {
  return Object.values(others).every((value) => value === undefined);
}

/** Hours joined to steps; a step of which no source could have told anything is null. */
function prepareHeard(
  steps: readonly Date[],
  to: Date,
  hours: readonly { hour: Date; heard: number; possible: number }[],
): (number | null)[] {
  return steps.map((at, index) => {
    const end = steps[index + 1] ?? to;
    let heard = 0;
    let possible = 0;
    for (const row of hours)
      if (row.hour >= at && row.hour < end) {
        heard += row.heard;
        possible += row.possible;
      }
    return possible === 0 ? null : Math.min(1, heard / possible);
  });
}
