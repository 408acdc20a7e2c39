import type { FoldedIncident } from "#lib/failures/rules-fold-incident";

/** A stored incident, as far as it matters for finding it again. */
export interface KnownIncident {
  id: bigint;
  foldKey: string;
  reference: string | null;
  family: string;
  subjectKind: string;
  subject: string;
  firstAt: Date;
  lastAt: Date;
  recoveredAt: Date | null;
  /** Somebody acknowledged, snoozed or commented on it. */
  isTended: boolean;
}

export interface IncidentPlan {
  /** Null as `id`: it is new. */
  write: { id: bigint | null; incident: FoldedIncident }[];
  /** No longer what the events say, and nobody's words hang on them. */
  remove: bigint[];
}

/**
 * Which stored incident each folded one is. The begin of one moves when something earlier becomes known, and its
 * subject when another side tells who it was: what people said of it stays with it. `known` are those that failed since
 * `openFrom` or go on; a folded one that is none of them and ended before was read for its signals only, or is cut off.
 */
export function planIncidents(
  known: readonly KnownIncident[],
  folded: readonly FoldedIncident[],
  openFrom: Date,
): IncidentPlan {
  const free = new Set(known);
  const found = new Map<FoldedIncident, KnownIncident>();
  const passes: ((candidate: KnownIncident, incident: FoldedIncident) => boolean)[] = [
    (candidate, incident) => candidate.foldKey === incident.key,
    (candidate, incident) => isSameThread(candidate, incident) && overlaps(candidate, incident),
    (candidate, incident) =>
      candidate.isTended &&
      candidate.reference === incident.reference &&
      candidate.family === incident.family &&
      overlaps(candidate, incident),
  ];
  for (const matches of passes)
    for (const incident of folded) {
      if (found.has(incident)) continue;
      const candidate = [...free].find((one) => matches(one, incident));
      if (!candidate) continue;
      found.set(incident, candidate);
      free.delete(candidate);
    }
  return {
    write: folded
      .map((incident) => ({ id: found.get(incident)?.id ?? null, incident }))
      .filter(({ id, incident }) => id !== null || incident.lastAt >= openFrom),
    remove: [...free].filter(({ isTended }) => !isTended).map(({ id }) => id),
  };
}

function isSameThread(candidate: KnownIncident, incident: FoldedIncident): boolean {
  return (
    candidate.reference === incident.reference &&
    candidate.family === incident.family &&
    candidate.subjectKind === incident.subject.kind &&
    candidate.subject === incident.subject.name
  );
}

function overlaps(candidate: KnownIncident, incident: FoldedIncident): boolean {
  return candidate.firstAt <= incident.lastAt && incident.firstAt <= candidate.lastAt;
}
