import { type FoldedIncident, namesKept } from "#lib/failures/rules-fold-incident";
import { compareText } from "#lib/failures/rules-time-shelf";

/** What is stored of an incident that began before the events that are kept. */
export type IncidentPast = Pick<
  FoldedIncident,
  "key" | "firstAt" | "addresses" | "agents" | "nodes" | "sides" | "hours"
>;

/**
 * An incident whose first events are gone, with what is still known of them: its beginning, its hours until `keptFrom`,
 * names, and of each side at least as much as it had told.
 */
export function keepPast(incident: FoldedIncident, past: IncidentPast, keptFrom: Date): FoldedIncident {
  const counts = new Map(incident.hours.map(({ hour, count }) => [hour.getTime(), count]));
  for (const { hour, count } of past.hours)
    if (hour < keptFrom) counts.set(hour.getTime(), Math.max(count, counts.get(hour.getTime()) ?? 0));
  const hours = [...counts].sort(([a], [b]) => a - b).map(([at, count]) => ({ hour: new Date(at), count }));
  const join = (field: "addresses" | "agents" | "nodes") =>
    [...new Set([...past[field], ...incident[field]])].sort(compareText).slice(0, namesKept);
  return {
    ...incident,
    key: past.key,
    firstAt: past.firstAt < incident.firstAt ? past.firstAt : incident.firstAt,
    hours,
    count: hours.reduce((sum, { count }) => sum + count, 0),
    addresses: join("addresses"),
    agents: join("agents"),
    nodes: join("nodes"),
    sides: joinSides(past.sides, incident.sides),
  };
}

function joinSides(past: FoldedIncident["sides"], now: FoldedIncident["sides"]): FoldedIncident["sides"] {
  const gone = past.filter(({ side }) => !now.some((one) => one.side === side));
  const joined = now.map((one) => {
    const before = past.find(({ side }) => side === one.side);
    if (before === undefined) return one;
    const firstAt = before.firstAt < one.firstAt ? before.firstAt : one.firstAt;
    return { ...one, count: Math.max(before.count, one.count), firstAt };
  });
  return [...joined, ...gone];
}
