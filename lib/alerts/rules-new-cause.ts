import { hashSubject, type Occurrence } from "#lib/alerts/rules-occurrence";
import type { OpenCause } from "#lib/failures/open-incident";

/** So long a cause stays news: what was told late is told of still. */
const newsMs = 24 * 3_600_000;

/** Causes that their registry had not had in 30 days begin an alert, which goes on for as long as they do. */
export function evaluateNewCause(causes: readonly OpenCause[], since: Date, now: Date): Occurrence[] {
  return causes.map(({ registry, cause, incidents, firstHour, firstAt, lastAt }) => ({
    subject: hashSubject("new-cause", registry, cause),
    starts: lastAt >= since && (firstHour ?? firstAt).getTime() >= now.getTime() - newsMs && firstAt <= now,
    text: `Pulls from ${registry} fail because of ${cause}, which had not been a cause there in 30 days (${incidents === 1 ? "one failure goes on" : `${incidents} failures go on`})`,
    registry,
    repository: null,
    since: firstAt,
  }));
}
