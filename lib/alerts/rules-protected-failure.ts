import { hashSubject, type Occurrence } from "#lib/alerts/rules-occurrence";
import type { OpenIncident } from "#lib/failures/open-incident";

/**
 * Each incident in a protected repository. What stopped before the rule was there is no news, though nobody knows
 * that it is over.
 */
export function evaluateProtectedFailure(incidents: readonly OpenIncident[], since: Date): Occurrence[] {
  const occurrences = new Map<string, Occurrence>();
  for (const incident of incidents) {
    const { registry, repository, reference, family, subjectKind, subject, title, firstAt, lastAt } =
      incident;
    const key = hashSubject(registry, repository, reference, family, subjectKind, subject);
    const known = occurrences.get(key);
    const starts = lastAt >= since;
    if (known !== undefined && (known.starts || !starts)) continue;
    occurrences.set(key, {
      subject: key,
      starts,
      text: `${title} (protected in ${registry})`,
      registry,
      repository,
      since: firstAt,
    });
  }
  return [...occurrences.values()];
}
