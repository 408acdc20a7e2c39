import type { Condition } from "#lib/alerts/schema";

/** The rule as one sentence: "Tell ops-hook when more than 50 pulls fail in 10 minutes in prod". */
export function formatRule(channelName: string, condition: Condition): string {
  return `Tell ${channelName} when ${formatCondition(condition)}`;
}

/** "more than 50 pulls fail in 10 minutes in prod". */
export function formatCondition(condition: Condition): string {
  const place = condition.registry === null ? "" : ` in ${condition.registry}`;
  switch (condition.kind) {
    case "failure-rate": {
      const { moreThan, minutes, pattern } = condition;
      const what = `more than ${moreThan} ${moreThan === 1 ? "pull fails" : "pulls fail"}`;
      const time = `in ${minutes === 1 ? "one minute" : `${minutes} minutes`}`;
      const where = pattern === null ? place : ` of ${pattern}${place || " in any registry"}`;
      return `${what} ${time}${where}`;
    }
    case "new-cause":
      return `pulls${place} fail for a cause that was not seen there in 30 days`;
    case "protected-failure":
      return `a pull from a protected repository${place} fails`;
    case "unusual-push":
      return `somebody pushes to a protected repository${place} who did not push there in 90 days`;
    case "source-silent":
      return `a source of events${place} goes silent`;
  }
}

/** A sentence that stands alone: with a capital. */
export function formatConditionTitle(condition: Condition): string {
  const text = formatCondition(condition);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
