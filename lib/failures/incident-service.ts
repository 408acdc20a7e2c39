import { recordAudit } from "#lib/audit/service";
import { authorize, authorizeSomewhere } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { evaluateScope, isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { listEvidence } from "#lib/events/list-evidence";
import { readKnownImage } from "#lib/failures/known-image";
import { describeIncident } from "#lib/failures/rules-incident-words";
import { explainCause, prepareNextSteps } from "#lib/failures/rules-next-steps";
import {
  type ChangeIncidentBody,
  type Incident,
  type IncidentDetail,
  incidentDetailSchema,
  type ListFailuresQuery,
} from "#lib/failures/schema-incidents";
import { insertComment, lockIncident, updateIncidentState } from "#lib/failures/store-incident-states";
import {
  countIncidentRows,
  findIncidentRow,
  type IncidentRow,
  type IncidentSort,
  listCommentRows,
  listIncidentRows,
} from "#lib/failures/store-read-incidents";
import { formatCursor, malformedCursor, parseCursor, readCursorId, readCursorTime } from "#lib/http/cursor";
import { InvalidError, NotFoundError } from "#lib/http/errors";
import { type Page, parseSort } from "#lib/http/page-schema";
import { findKnownPrincipal } from "#lib/principals/find-known-principal";

/** Failed pulls, one row for each that goes on, as far as failures.read reaches. */
export async function listFailures(
  ctx: Context,
  { cursor, limit, sort, from, to, ...filter }: ListFailuresQuery,
): Promise<Page<Incident>> {
  authorizeSomewhere(ctx, "failures.read");
  const { field, descending } = parseSort(sort);
  const rows = await listIncidentRows(
    db(),
    {
      ...filter,
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    },
    evaluateScope(ctx.principal, "failures.read"),
    { field: field as IncidentSort, descending, after: readPosition(cursor, sort), take: limit + 1 },
    ctx.now,
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(showIncident),
    nextCursor:
      rows.length > limit && last
        ? formatCursor({ sort, value: positionOf(last, field as IncidentSort), id: String(last.id) })
        : null,
  };
}

const countedOpen = 100;

/** How many pulls fail now, a hundred standing for a hundred or more, and the one that failed last. */
export async function summariseOpenFailures(
  ctx: Context,
): Promise<{ count: number; newest: Incident | null }> {
  if (!isPermittedSomewhere(ctx.principal, "failures.read")) return { count: 0, newest: null };
  const scope = evaluateScope(ctx.principal, "failures.read");
  const [count, { items }] = await Promise.all([
    countIncidentRows(db(), { state: "open" }, scope, ctx.now, countedOpen),
    listFailures(ctx, { state: "open", sort: "-lastAt", limit: 1 }),
  ]);
  return { count, newest: items[0] ?? null };
}

function positionOf(row: IncidentRow, field: IncidentSort): string | number {
  if (field === "count") return Number(row.count);
  return (field === "lastAt" ? row.last_at : row.first_at).toISOString();
}

function readPosition(text: string | undefined, sort: string): { value: Date | number; id: bigint } | null {
  const cursor = parseCursor(text, sort);
  if (!cursor) return null;
  const value = parseSort(sort).field === "count" ? cursor.value : readCursorTime(cursor);
  if (value instanceof Date || (typeof value === "number" && Number.isSafeInteger(value)))
    return { value, id: readCursorId(cursor) };
  throw malformedCursor();
}

/** One failed pull with what every side told, why, and what to do. */
export async function getFailure(ctx: Context, id: string): Promise<IncidentDetail> {
  const row = await getVisibleRow(ctx, id);
  const { registry, repository, reference, cause } = row;
  const [known, who, evidence, comments] = await Promise.all([
    readKnownImage(ctx, registry, repository, reference),
    row.principal === null ? null : findKnownPrincipal(ctx, row.principal),
    listEvidence(row.registry_id, {
      repository,
      reference,
      from: row.first_at,
      to: row.recovered_at ?? row.last_at,
      actor: row.subject_kind === "principal" ? row.subject : null,
      workload: row.workload,
      addresses: row.addresses,
    }),
    listCommentRows(db(), row.id),
  ]);
  return {
    ...showIncident(row),
    explanation: explainCause(cause, known),
    nextSteps: prepareNextSteps(cause, known, who),
    sides: incidentDetailSchema.shape.sides.parse(row.sides),
    evidence,
    comments: comments.map(({ id: commentId, at, author, text }) => ({
      id: String(commentId),
      at: at.toISOString(),
      author,
      text,
    })),
  };
}

/** Says how an incident stands for people; what became of the pulls themselves only the events say. */
export async function changeFailure(
  ctx: Context,
  id: string,
  change: ChangeIncidentBody,
): Promise<IncidentDetail> {
  const row = await getVisibleRow(ctx, id);
  authorizeFor(ctx, row);
  const until = change.state === "snoozed" ? new Date(change.until) : null;
  if (until !== null && until <= ctx.now) throw new InvalidError("until", "This time has passed.");
  await db().$transaction(async (tx) => {
    const before = await lockIncident(tx, row.id);
    if (!before) throw missing();
    const acknowledged = change.state === "acknowledged";
    await updateIncidentState(tx, row.id, {
      acknowledgedAt: acknowledged ? ctx.now : null,
      acknowledgedBy: acknowledged ? ctx.principal.name : null,
      snoozedUntil: until,
      snoozedBy: until === null ? null : ctx.principal.name,
      updatedAt: ctx.now,
    });
    await recordAudit(tx, ctx, {
      action: `failure.${acknowledged ? "acknowledge" : until ? "snooze" : "reopen"}`,
      target: targetOf(row),
      registryId: row.registry_id,
      repository: row.repository,
      before: {
        acknowledgedBy: before.acknowledgedBy,
        snoozedUntil: before.snoozedUntil?.toISOString() ?? null,
      },
      after: { incident: id, state: change.state, until: until?.toISOString() ?? null },
    });
  });
  return getFailure(ctx, id);
}

export async function commentOnFailure(ctx: Context, id: string, text: string): Promise<IncidentDetail> {
  const row = await getVisibleRow(ctx, id);
  authorizeFor(ctx, row);
  await db().$transaction(async (tx) => {
    await insertComment(tx, { incidentId: row.id, at: ctx.now, author: ctx.principal.name, text });
    await recordAudit(tx, ctx, {
      action: "failure.comment",
      target: targetOf(row),
      registryId: row.registry_id,
      repository: row.repository,
      after: { incident: id, text },
    });
  });
  return getFailure(ctx, id);
}

function authorizeFor(ctx: Context, row: IncidentRow): void {
  const target = { registryId: row.registry_id, repository: row.repository };
  authorize(ctx, "failures.write", target, "This failure");
}

async function getVisibleRow(ctx: Context, id: string): Promise<IncidentRow> {
  authorizeSomewhere(ctx, "failures.read");
  const row = await findIncidentRow(db(), BigInt(id), ctx.now);
  if (!row) throw missing();
  const target = { registryId: row.registry_id, repository: row.repository };
  if (!isPermitted(ctx.principal, "failures.read", target)) throw missing();
  return row;
}

function missing(): NotFoundError {
  return new NotFoundError("There is no such failure, or you may not see it.");
}

function targetOf({ repository, reference }: IncidentRow): string {
  if (reference === null) return repository;
  return `${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}

export function showIncident(row: IncidentRow): Incident {
  const subject = { kind: row.subject_kind, name: row.subject };
  const { repository, reference, cause, principal, cluster, namespace, workload } = row;
  const { addresses, agents, nodes } = row;
  return {
    id: String(row.id),
    title: describeIncident({
      repository,
      reference,
      cause,
      subject,
      principal,
      namespace,
      workload,
      addresses,
      agents,
      nodes,
    }),
    registry: row.registry,
    repository,
    reference,
    cause,
    state: row.state,
    endedQuietly: row.ended_quietly,
    count: Number(row.count),
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    recoveredAt: row.recovered_at?.toISOString() ?? null,
    subject,
    principal,
    cluster,
    namespace,
    workload,
    addresses,
    agents,
    nodes,
    acknowledgedBy: row.acknowledged_by,
    snoozedUntil: row.snoozed_until?.toISOString() ?? null,
  };
}
