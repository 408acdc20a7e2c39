import { listAuditEvents } from "#lib/audit/list-audit-events";
import type { AuditEvent, ListAuditEventsQuery } from "#lib/audit/schema";
import { recordAudit } from "#lib/audit/service";
import { hasReadSince } from "#lib/audit/store";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import type { Page } from "#lib/http/page-schema";
import { log } from "#lib/log/log";

const onceMs = 3_600_000;
const mostKnown = 10_000;
const recordedAtMs = new Map<string, number>();

/** A page of the audit for somebody who reads it. That they read it is a row too, one for each reader and hour. */
export async function readAuditEvents(ctx: Context, query: ListAuditEventsQuery): Promise<Page<AuditEvent>> {
  const page = await listAuditEvents(ctx, query);
  try {
    await recordReading(ctx);
  } catch (error) {
    // On a disk that is full the audit is what somebody needs to see.
    const name = error instanceof Error ? error.name : "unknown";
    log.warn({ requestId: ctx.requestId, name }, "reading of the audit not recorded");
  }
  return page;
}

async function recordReading(ctx: Context): Promise<void> {
  const { kind, id, name } = ctx.principal;
  if (id === null) return;
  const key = `${process.env.DATABASE_URL} ${kind} ${id}`;
  const nowMs = ctx.now.getTime();
  if (nowMs - (recordedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < onceMs) return;
  await db().$transaction(async (tx) => {
    if (await hasReadSince(tx, { kind, id, name }, new Date(nowMs - onceMs))) return;
    await recordAudit(tx, ctx, { action: "audit.read", target: "audit" });
  });
  if (recordedAtMs.size >= mostKnown) recordedAtMs.clear();
  recordedAtMs.set(key, nowMs);
}
