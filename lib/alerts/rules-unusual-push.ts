import { hashSubject, type Occurrence } from "#lib/alerts/rules-occurrence";

/** Who pushed to a protected repository lately, and when they did before. */
export interface RecentPusher {
  registry: string;
  repository: string;
  /** Empty where the registry knows nobody. */
  actor: string;
  /** The first of the last days on which they pushed, at midnight UTC. */
  day: Date;
  /** The last day before it; null when there was none. */
  before: Date | null;
}

const dayMs = 86_400_000;
const usualDays = 90;

/** Deliveries may be a day late, so that pushes of the day before are looked at too. */
export function startOfLook(now: Date): Date {
  return new Date(Math.floor(now.getTime() / dayMs) * dayMs - dayMs);
}

/**
 * Pushes by somebody who had not pushed there in the 90 days before. Only days are known: pushes on the day on which
 * the rule began are told apart by what was there already when it did.
 */
export function evaluateUnusualPush(pushers: readonly RecentPusher[], since: Date): Occurrence[] {
  const firstDay = Math.floor(since.getTime() / dayMs) * dayMs;
  return pushers
    .filter(({ day, before }) => before === null || day.getTime() - before.getTime() > usualDays * dayMs)
    .map(({ registry, repository, actor, day }) => ({
      subject: hashSubject("unusual-push", registry, repository, actor),
      starts: day.getTime() >= firstDay,
      text: `${actor === "" ? "Somebody without a name" : actor} pushed to ${repository}, which is protected in ${registry}, and had not pushed there in ${usualDays} days`,
      registry,
      repository,
      since: day,
    }));
}
