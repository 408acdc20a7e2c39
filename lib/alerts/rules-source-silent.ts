import { hashSubject, type Occurrence } from "#lib/alerts/rules-occurrence";
import { evaluateSourceState, type SourceSigns } from "#lib/events/rules-source-state";

export interface WatchedSource extends SourceSigns {
  id: number;
  registry: string;
  name: string;
}

/** Until our own requests can have come back, nothing is known of a source. */
const warmUpMs = 4 * 60_000;

/**
 * Sources that were heard and are not any more. `askingSince` is when this process began to ask: right after a start
 * all of them look silent, because nobody had asked.
 */
export function evaluateSourceSilent(
  sources: readonly WatchedSource[],
  askingSince: Date,
  now: Date,
): Occurrence[] {
  const starts = now.getTime() - askingSince.getTime() >= warmUpMs;
  return sources
    .filter((source) => evaluateSourceState(source, now) === "silent")
    .map((source) => ({
      subject: hashSubject("source-silent", source.id),
      starts,
      text: `The source ${source.name} of ${source.registry} has not been heard since ${formatMinute(source.lastDeliveryAt ?? now)}`,
      registry: source.registry,
      repository: null,
      since: source.lastDeliveryAt ?? now,
    }));
}

function formatMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
