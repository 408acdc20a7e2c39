import { familyOf } from "#lib/failures/rules-family";
import { clientOf, type SignalGroup } from "#lib/failures/rules-signal-group";
import { TimeShelf } from "#lib/failures/rules-time-shelf";

const followsWithin = 60_000;
const judgedAfter = 4_000;
/** A token is shown to the registry at once. */
const shownWithin = 2_000;

/**
 * The failures that count. A provisional one counts unless its client goes on: after a 404 with a push, after a 401 with
 * anything that shows a sign-in; nobody's token that the registry refused counts whatever comes. `nextLookAt` is when the
 * youngest that still wait can be judged.
 */
export function judgeProvisional(
  groups: readonly SignalGroup[],
  now: number,
): { failures: SignalGroup[]; nextLookAt: Date | null } {
  const followers = shelveFollowers(groups);
  const refusals = shelveRefusals(groups);
  const failures: SignalGroup[] = [];
  let nextLookAt: number | null = null;
  for (const group of groups) {
    if (group.cause === null || group.action !== "pull") continue;
    if (group.provisional && !wasShown(group, refusals)) {
      if (isFollowed(group, followers)) continue;
      const judgedAt = group.lastAt.getTime() + judgedAfter;
      if (judgedAt > now) {
        nextLookAt = Math.min(nextLookAt ?? judgedAt, judgedAt);
        continue;
      }
    }
    failures.push(group);
  }
  return { failures, nextLookAt: nextLookAt === null ? null : new Date(nextLookAt) };
}

type Times = TimeShelf<{ first: number; last: number; name: string }>;

/** What registries refused to whom they do not know by name, by client. */
function shelveRefusals(groups: readonly SignalGroup[]): Times {
  const shelf: Times = new TimeShelf();
  for (const group of groups) {
    const { cause, action, side, actor, provisional, firstAt, lastAt } = group;
    const client = clientOf(group);
    const isOfRegistry = side === "log" || side === "access-log";
    if (client === null || actor !== null || provisional || action !== "pull" || !isOfRegistry) continue;
    if (cause !== null && familyOf(cause) === "grant")
      shelf.add(client, { first: firstAt.getTime(), last: lastAt.getTime(), name: "" });
  }
  return shelf;
}

function wasShown(group: SignalGroup, refusals: Times): boolean {
  const client = clientOf(group);
  if (client === null || group.side !== "denial" || group.cause !== "not-signed-in") return false;
  return refusals.hasWithin(client, group.firstAt.getTime(), group.lastAt.getTime() + shownWithin);
}

function shelveFollowers(groups: readonly SignalGroup[]): Times {
  const shelf: Times = new TimeShelf();
  for (const group of groups) {
    // A push that is refused is still no failed pull.
    const isPush = group.action === "push";
    const isPast = group.cause === null || isPush || familyOf(group.cause) === "absent";
    if (!isPast) continue;
    const span = { first: group.firstAt.getTime(), last: group.lastAt.getTime(), name: "" };
    const client = clientOf(group);
    for (const kind of isPush ? ["push", "past"] : ["past"]) {
      if (client !== null) shelf.add(`${kind} client ${client}`, span);
      if (group.actor !== null) shelf.add(`${kind} actor ${group.actor}`, span);
      if (group.actor !== null && client === null) shelf.add(`${kind} only-actor ${group.actor}`, span);
    }
  }
  return shelf;
}

/** By address and agent where both are known of both, otherwise by the name. */
function isFollowed(group: SignalGroup, followers: Times): boolean {
  const kind = group.cause !== null && familyOf(group.cause) === "absent" ? "push" : "past";
  const client = clientOf(group);
  const keys = client === null ? [] : [`${kind} client ${client}`];
  if (group.actor !== null) keys.push(`${kind} ${client === null ? "actor" : "only-actor"} ${group.actor}`);
  const from = group.firstAt.getTime();
  const to = group.lastAt.getTime() + followsWithin;
  return keys.some((key) => followers.hasWithin(key, from, to));
}
