import { evaluateFailureRate } from "#lib/alerts/rules-failure-rate";
import { evaluateNewCause } from "#lib/alerts/rules-new-cause";
import type { Occurrence } from "#lib/alerts/rules-occurrence";
import { evaluateProtectedFailure } from "#lib/alerts/rules-protected-failure";
import { evaluateSourceSilent } from "#lib/alerts/rules-source-silent";
import { evaluateUnusualPush, startOfLook } from "#lib/alerts/rules-unusual-push";
import type { Condition } from "#lib/alerts/schema";
import type { Scope } from "#lib/auth/rules";
import { listRecentPushers } from "#lib/events/pusher-service";
import { listWatchedSources } from "#lib/events/watched-source-service";
import { countRecentFailures, listOpenCauses, listOpenIncidents } from "#lib/failures/open-incident-service";
import { listProtectedPlaces } from "#lib/registries/list-protected-places";

const monthMs = 30 * 86_400_000;
// Sources are asked from here on, once a minute.
const askingSince = new Date();

/** What a rule is about that is so now. */
export async function findOccurrences(
  rule: { condition: Condition; registryId: number | null; enabledAt: Date },
  now: Date,
): Promise<Occurrence[]> {
  const { condition, registryId, enabledAt } = rule;
  switch (condition.kind) {
    case "failure-rate": {
      // A rule tells of what happens from its making on.
      const since = new Date(Math.max(now.getTime() - condition.minutes * 60_000, enabledAt.getTime()));
      const scope: Scope = { everywhere: false, rules: [{ registryId, pattern: condition.pattern }] };
      return evaluateFailureRate(condition, await countRecentFailures(scope, since, now), now);
    }
    case "new-cause":
      return evaluateNewCause(
        await listOpenCauses(registryId, new Date(now.getTime() - monthMs)),
        enabledAt,
        now,
      );
    case "protected-failure":
      return evaluateProtectedFailure(await listOpenIncidents(await protectedScope(registryId)), enabledAt);
    case "unusual-push": {
      const pushers = await listRecentPushers(await protectedScope(registryId), startOfLook(now));
      return evaluateUnusualPush(pushers, enabledAt);
    }
    case "source-silent":
      return evaluateSourceSilent(await listWatchedSources(registryId), askingSince, now);
  }
}

async function protectedScope(registryId: number | null): Promise<Scope> {
  return { everywhere: false, rules: await listProtectedPlaces(registryId) };
}
