import { createHash } from "node:crypto";
import type { FoldedIncident } from "#lib/failures/rules-fold-incident";

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
  const found = new Map<FoldedIncident, KnownIncident>();
  const free = new Set(known);
  const match = (
    keyOf: (one: KnownIncident) => string,
    keysOf: (one: FoldedIncident) => string,
    tended = false,
  ) => {
    const shelves = Map.groupBy(
      [...free].filter((one) => one.isTended || !tended),
      keyOf,
    );
    for (const incident of folded) {
      if (found.has(incident)) continue;
      const candidate = shelves
        .get(keysOf(incident))
        ?.find((one) => free.has(one) && (one.foldKey === incident.key || overlaps(one, incident)));
      if (candidate === undefined) continue;
      found.set(incident, candidate);
      free.delete(candidate);
    }
  };
  match(
    ({ foldKey }) => foldKey,
    ({ key }) => key,
  );
  match(
    ({ reference, family, subjectKind, subject }) => describe(reference, family, subjectKind, subject),
    ({ reference, family, subject: { kind, name } }) => describe(reference, family, kind, name),
  );
  match(
    ({ reference, family }) => describe(reference, family),
    ({ reference, family }) => describe(reference, family),
    true,
  );
  return {
    write: folded
      .map((incident) => ({ id: found.get(incident)?.id ?? null, incident, hash: hashIncident(incident) }))
      .filter(({ id, incident }) => id !== null || incident.lastAt >= openFrom)
      .filter(({ incident, hash }) => found.get(incident)?.foldHash !== hash),
    remove: [...free].filter(({ isTended }) => !isTended).map(({ id }) => id),
  };
}

function describe(...parts: (string | null)[]): string {
  return JSON.stringify(parts);
}

function hashIncident(incident: FoldedIncident): string {
  return createHash("sha256").update(JSON.stringify(incident)).digest("base64url");
}

function overlaps(candidate: KnownIncident, incident: FoldedIncident): boolean {
  return candidate.firstAt <= incident.lastAt && incident.firstAt <= candidate.lastAt;
}
