import { type FoldedIncident, hashText } from "#lib/failures/rules-fold-incident";

/** A stored incident, as far as it matters for finding it again. */
export interface KnownIncident {
  id: bigint;
  foldKey: string;
  /** Of the folded one that it was written from. */
  foldHash: string | null;
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
  /** Those that changed. Null as `id`: it is new. */
  write: { id: bigint | null; incident: FoldedIncident; hash: string }[];
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
  for (const { shelfOf, wanted, fits } of passes) {
    const shelves = Map.groupBy(free, shelfOf);
    for (const incident of folded) {
      if (found.has(incident)) continue;
      const shelf = shelves.get(wanted(incident)) ?? [];
      const candidate = shelf.find((one) => free.has(one) && fits(one, incident));
      if (candidate === undefined) continue;
      found.set(incident, candidate);
      free.delete(candidate);
    }
  }
  return {
    write: folded
      .map((incident) => ({
        id: found.get(incident)?.id ?? null,
        incident,
        hash: hashText(JSON.stringify(incident)),
      }))
      .filter(({ id, incident }) => id !== null || incident.lastAt >= openFrom)
      .filter(({ incident, hash }) => found.get(incident)?.foldHash !== hash),
    remove: [...free].filter(({ isTended }) => !isTended).map(({ id }) => id),
  };
}

const describePlace = ({ reference, family }: { reference: string | null; family: string }) =>
  JSON.stringify([reference, family]);
/** Whoever's it is. */
const byPlace = { shelfOf: describePlace, wanted: describePlace };

/** How a stored incident is found again, the surest way first. Shelves spare comparing each with each. */
const passes: {
  shelfOf(candidate: KnownIncident): string;
  wanted(incident: FoldedIncident): string;
  fits(candidate: KnownIncident, incident: FoldedIncident): boolean;
}[] = [
  { shelfOf: ({ foldKey }) => foldKey, wanted: ({ key }) => key, fits: () => true },
  {
    shelfOf: (one) => JSON.stringify([one.reference, one.family, one.subjectKind, one.subject]),
    wanted: ({ reference, family, subject }) =>
      JSON.stringify([reference, family, subject.kind, subject.name]),
    fits: overlaps,
  },
  {
    ...byPlace,
    fits: (candidate, incident) => candidate.isTended && overlaps(candidate, incident),
  },
  // Nobody's words hang on it, but somebody may hold its address.
  {
    ...byPlace,
    fits: overlaps,
  },
];

function overlaps(candidate: KnownIncident, incident: FoldedIncident): boolean {
  return candidate.firstAt <= incident.lastAt && incident.firstAt <= candidate.lastAt;
}
