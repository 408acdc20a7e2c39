import { mergeInOrder, type Place, placeAtEdge, positionFor } from "#lib/audit/rules-entries";
import { prepareEventFilter, showRegistryEvent } from "#lib/audit/rules-events";
import { type AuditEvent, type AuditKinds, auditEventSchema } from "#lib/audit/schema";
import { type AuditFilter, type AuditRow, listAuditRows } from "#lib/audit/store";
import type { Scope } from "#lib/auth/rules";
import { listEvents } from "#lib/events/list-events-service";

export interface EntrySearch {
  of: AuditKinds;
  descending: boolean;
  after: Place | null;
  take: number;
  now: Date;
  /** A search for rare events among very many ends after this, with what was found so far. */
  patienceMs: number;
  /** Leaves out what was linked after this link, and events that came after this id. */
  through?: { link: bigint; event: bigint };
}

export interface EntryPage {
  items: AuditEvent[];
  /** Where the next page begins; null after the last. */
  next: Place | null;
}

interface Entry extends Place {
  show(): AuditEvent;
}

/** As long as a person waits for a page. */
export const searchPatienceMs = 1_200;

/** Changes and registry events in one order. A page may hold fewer than were asked for, and still have a next one. */
export async function listEntries(
  filter: AuditFilter,
  scope: Scope,
  search: EntrySearch,
): Promise<EntryPage> {
  const { of, descending, take } = search;
  const changes = of === "events" ? [] : await findChanges(filter, scope, search);
  const edge = changes.length > take ? changes.at(-1)?.at : undefined;
  const { events, reachedAt } =
    of === "changes" ? { events: [], reachedAt: null } : await findEvents(filter, scope, search, edge);
  const merged = mergeInOrder(changes, events, descending);
  const known =
    reachedAt === null ? merged : merged.filter(({ at }) => (descending ? at >= reachedAt : at < reachedAt));
  const entries = known.slice(0, take);
  const last = entries.at(-1) ?? null;
  const next = known.length > take ? last : reachedAt === null ? null : placeAtEdge(reachedAt);
  return { items: entries.map((entry) => entry.show()), next };
}

async function findChanges(filter: AuditFilter, scope: Scope, search: EntrySearch): Promise<Entry[]> {
  const rows = await listAuditRows(filter, scope, {
    descending: search.descending,
    after: positionFor("change", search.after),
    take: search.take + 1,
    through: search.through?.link,
  });
  return rows.map((row) => ({ at: row.at, kind: "change", id: row.id, show: () => showChange(row) }));
}

/** Beyond the time of `edge` the page is full of changes already. */
async function findEvents(
  filter: AuditFilter,
  scope: Scope,
  { descending, after, take, now, through, patienceMs }: EntrySearch,
  edge: Date | undefined,
): Promise<{ events: Entry[]; reachedAt: Date | null }> {
  const prepared = prepareEventFilter(filter);
  if (prepared === null) return { events: [], reachedAt: null };
  if (edge !== undefined && descending) prepared.from = edge;
  // The end is not included.
  if (edge !== undefined && !descending) prepared.to = new Date(edge.getTime() + 1);
  const { rows, reachedAt } = await listEvents(prepared, scope, {
    descending,
    after: positionFor("event", after),
    take: take + 1,
    through: through?.event,
    now,
    patienceMs,
  });
  const events = rows.map(
    (row): Entry => ({ at: row.at, kind: "event", id: row.id, show: () => showRegistryEvent(row) }),
  );
  return { events, reachedAt };
}

function showChange(row: AuditRow): AuditEvent {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actorKind: row.actor_kind,
    actor: row.actor,
    address: row.address,
    agent: row.agent,
    action: row.action,
    target: row.target,
    registry: row.registry,
    repository: row.repository,
    outcome: auditEventSchema.shape.outcome.parse(row.outcome),
    requestId: row.request_id,
    before: (row.before ?? null) as AuditEvent["before"],
    after: (row.after ?? null) as AuditEvent["after"],
    kind: "change",
  };
}
