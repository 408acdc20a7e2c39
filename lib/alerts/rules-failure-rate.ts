import { hashSubject, type Occurrence } from "#lib/alerts/rules-occurrence";

/** More than so many failed pulls in so many minutes: one occurrence for the whole rule. */
export function evaluateFailureRate(
  condition: { moreThan: number; minutes: number; registry: string | null; pattern: string | null },
  failed: number,
  now: Date,
): Occurrence[] {
  const { moreThan, minutes, registry, pattern } = condition;
  if (failed <= moreThan) return [];
  const time = minutes === 1 ? "the last minute" : `the last ${minutes} minutes`;
  const of = pattern === null ? "" : ` of ${pattern}`;
  const place = registry === null ? "" : ` in ${registry}`;
  return [
    {
      subject: hashSubject("failure-rate"),
      starts: true,
      text: `${failed} ${failed === 1 ? "pull" : "pulls"}${of} failed in ${time}${place}`,
      registry,
      repository: null,
      since: now,
    },
  ];
}
