import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exportAuditEvents } from "#lib/audit/export-audit-events";
import { listAuditEvents } from "#lib/audit/list-audit-events";
import { type EntryPage, listEntries } from "#lib/audit/list-entries";
import type { Place } from "#lib/audit/rules-entries";
import { type AuditEvent, exportAuditEventsQuery, listAuditEventsQuery } from "#lib/audit/schema";
import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import type { Prisma } from "#lib/db/generated/client";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const auditor = createTestContextOf("auditor");
const startMs = Date.parse("2026-01-01T00:00:00Z");
const hourMs = 3_600_000;
let main = 0;
let other = 0;
let sources: Record<number, number> = {};

beforeAll(async () => {
  main = await seedRegistry(db(), "main");
  other = await seedRegistry(db(), "other");
  const rows = await db().eventSource.findMany({ where: { kind: "distribution" } });
  sources = Object.fromEntries(rows.map(({ registryId, id }) => [registryId, id]));
});

async function empty(): Promise<void> {
  await db().$executeRaw`TRUNCATE registry_event`;
  await db().$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    await tx.auditEvent.deleteMany();
  });
}

beforeEach(empty);

type Told = Partial<Prisma.RegistryEventCreateManyInput>;
let made = 0;

async function tell(registryId: number, events: readonly Told[]): Promise<void> {
  await db().registryEvent.createMany({
    data: events.map((event) => {
      const at = event.at ?? new Date(startMs);
      made += 1;
      return {
        registryId,
        sourceId: sources[registryId] ?? 0,
        eventId: `event-${made}`,
        side: "notification",
        action: "pull",
        repository: "team/api",
        tag: "v1",
        lastAt: at,
        raw: { n: made },
        ...event,
        at,
      };
    }),
  });
}

const change = (at: Date, entry: Partial<Parameters<typeof recordAudit>[2]> = {}) =>
  recordAudit(db(), { ...auditor, now: at }, { action: "tag.move", target: "change", ...entry });

const list = async (query: object = {}, ctx: Context = auditor) =>
  (await listAuditEvents(ctx, listAuditEventsQuery.parse({ of: "all", limit: "500", ...query }))).items;
const targets = async (query: object = {}, ctx?: Context) =>
  (await list(query, ctx)).map((item) => item.target);

async function readPages(query: object): Promise<AuditEvent[]> {
  const items: AuditEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAuditEvents(auditor, listAuditEventsQuery.parse({ of: "all", ...query, cursor }));
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

async function readExport(query: object, ctx: Context = auditor): Promise<AuditEvent[]> {
  const asked = exportAuditEventsQuery.parse({ of: "all", format: "ndjson", ...query });
  const text = await new Response(await exportAuditEvents(ctx, asked)).text();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Newest first, changes before events of the same instant, the higher id first. */
function isBefore(one: AuditEvent, next: AuditEvent): boolean {
  if (one.at !== next.at) return one.at > next.at;
  if (one.kind !== next.kind) return one.kind === "change";
  return BigInt(one.id) > BigInt(next.id);
}

describe("changes and registry events in one search", () => {
  it("any interleaving of both pages completely and in order, both ways, and the export is the same", async () => {
    const entry = fc.record({
      kind: fc.constantFrom("change", "main", "other"),
      // Few instants, so that many share one, and far apart, so that a search has to go on.
      at: fc
        .constantFrom(-900, -30, -1, 0, 1, 2, 20, 400, 9_000)
        .map((hours) => new Date(startMs + hours * hourMs)),
    });
    await fc.assert(
      fc
        .asyncProperty(
          fc.array(entry, { maxLength: 40 }),
          fc.integer({ min: 1, max: 7 }),
          async (entries, limit) => {
            for (const { kind, at } of entries)
              if (kind === "change") await change(at);
              else await tell(kind === "main" ? main : other, [{ at }]);
            const newest = await readPages({ limit: String(limit) });
            expect(newest).toHaveLength(entries.length);
            expect(new Set(newest.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(entries.length);
            for (const [index, item] of newest.entries()) {
              const next = newest[index + 1];
              if (next) expect(isBefore(item, next)).toBe(true);
            }
            expect(await readPages({ limit: String(limit), sort: "at" })).toEqual(newest.toReversed());
            const exported = await readExport({});
            expect(exported.filter(({ action }) => action !== "audit.export")).toEqual(newest);
          },
        )
        .beforeEach(empty),
      { numRuns: fuzzRuns(20, 500) },
    );
  }, 1_200_000);

  it("a search that ran out of patience goes on where it stood, and misses nothing", async () => {
    const hours = [-100, -50, -49, -20, 0];
    await tell(
      main,
      hours.map((hour) => ({
        at: new Date(startMs + hour * hourMs),
        actor: hour === -20 ? "robot:ci" : "robot:other",
      })),
    );
    for (const hour of [-200, -30, 0]) await change(new Date(startMs + hour * hourMs));
    for (const filter of [{}, { actor: "robot:ci" }, { actor: "robot:none" }])
      for (const descending of [true, false]) {
        const seen: AuditEvent[] = [];
        let after: Place | null = null;
        let pages = 0;
        do {
          const page: EntryPage = await listEntries(
            filter,
            { everywhere: true },
            {
              of: "all",
              descending,
              after,
              take: 2,
              now: new Date(startMs + hourMs),
              patienceMs: 0,
            },
          );
          seen.push(...page.items);
          after = page.next;
          pages += 1;
        } while (after !== null);
        expect(pages).toBeGreaterThan(2);
        expect(seen).toEqual(await list({ ...filter, sort: descending ? "-at" : "at" }));
      }
  });

  it("shows an event with everything that was told", async () => {
    const at = new Date(startMs);
    await tell(main, [
      {
        at,
        lastAt: new Date(startMs + 1_000),
        receivedAt: new Date(startMs + 2_000),
        eventId: "uid-1",
        side: "kubernetes",
        cause: "no-grant",
        tag: null,
        digest: `sha256:${"a".repeat(64)}`,
        address: "192.0.2.7",
        agent: "containerd/2.1",
        message: "pull access denied",
        count: 7,
        cluster: "blue",
        raw: { reason: "Failed", nested: { "=1": ["x"] } },
      },
    ]);
    const [item] = await list({ of: "events" });
    expect(item).toMatchObject({
      kind: "event",
      at: at.toISOString(),
      actorKind: "registry-client",
      actor: "nobody",
      address: "192.0.2.7",
      agent: "containerd/2.1",
      action: "registry.pull",
      target: `team/api@sha256:${"a".repeat(64)}`,
      registry: "main",
      repository: "team/api",
      outcome: "denied",
      requestId: "uid-1",
      before: null,
      after: {
        side: "kubernetes",
        source: "Notifications",
        cause: "no-grant",
        digest: `sha256:${"a".repeat(64)}`,
        message: "pull access denied",
        count: 7,
        cluster: "blue",
        lastAt: new Date(startMs + 1_000).toISOString(),
        receivedAt: new Date(startMs + 2_000).toISOString(),
        raw: { reason: "Failed", nested: { "=1": ["x"] } },
      },
    });
  });

  it("filters both by each field", async () => {
    const at = (seconds: number) => new Date(startMs + seconds * 1_000);
    await tell(main, [
      {
        at: at(1),
        tag: "pushed",
        action: "push",
        actor: "robot:ci",
        address: "192.0.2.7",
        agent: "Docker/29",
      },
      { at: at(2), tag: "refused", cause: "wrong-credentials", actor: "robot:ci", eventId: "a:b/c-1" },
      { at: at(3), tag: "absent", cause: "tag-deleted", repository: "team/web", address: "2001:DB8::7" },
      { at: at(4), tag: "blocked", cause: "blocked-by-policy", actor: "nobody" },
    ]);
    await tell(other, [{ at: at(5), tag: null, repository: null, action: "delete" }]);
    await change(at(6), { target: "main/team/api:v1", registryId: main, repository: "team/api" });
    await change(at(7), { action: "registry.connect", target: "main", outcome: "denied" });

    expect(await targets()).toEqual([
      "main",
      "main/team/api:v1",
      "other",
      "team/api:blocked",
      "team/web:absent",
      "team/api:refused",
      "team/api:pushed",
    ]);
    expect(await targets({ of: "changes" })).toEqual(["main", "main/team/api:v1"]);
    expect(await targets({ of: "events" })).toHaveLength(5);
    expect(await targets({ actor: "robot:ci" })).toEqual(["team/api:refused", "team/api:pushed"]);
    expect(await targets({ actor: "nobody" })).toEqual(["other", "team/api:blocked", "team/web:absent"]);
    expect(await targets({ action: "registry.push" })).toEqual(["team/api:pushed"]);
    expect(await targets({ action: "registry." })).toHaveLength(6);
    expect(await targets({ action: "tag." })).toEqual(["main/team/api:v1"]);
    expect(await targets({ outcome: "denied" })).toEqual(["main", "team/api:blocked", "team/api:refused"]);
    expect(await targets({ outcome: "failed" })).toEqual(["team/web:absent"]);
    expect(await targets({ outcome: "succeeded" })).toEqual(["main/team/api:v1", "other", "team/api:pushed"]);
    expect(await targets({ outcome: "intent" })).toEqual([]);
    expect(await targets({ registry: "other" })).toEqual(["other"]);
    expect(await targets({ registry: "none" })).toEqual([]);
    expect(await targets({ repository: "team/api" })).toHaveLength(4);
    expect(await targets({ address: "2001:db8::7" })).toEqual(["team/web:absent"]);
    expect(await targets({ agent: "docker" })).toEqual(["team/api:pushed"]);
    expect(await targets({ requestId: "a:b/c-1" })).toEqual(["team/api:refused"]);
    expect(await targets({ requestId: auditor.requestId })).toHaveLength(2);
    expect(await targets({ target: "API:" })).toHaveLength(4);
    expect(await targets({ q: "registry.delete" })).toEqual(["other"]);
    expect(await targets({ q: "%" })).toEqual([]);
    expect(await targets({ from: at(2).toISOString(), to: at(4).toISOString() })).toEqual([
      "team/web:absent",
      "team/api:refused",
    ]);
    expect(await targets({ sort: "at", from: at(5).toISOString() })).toEqual([
      "other",
      "main/team/api:v1",
      "main",
    ]);
  });

  it("W2: shows only events of the registries and repositories that one may read", async () => {
    await tell(main, [{ tag: "a" }, { tag: "b", repository: "web" }, { tag: null, repository: null }]);
    await tell(other, [{ tag: "c" }]);
    const of = async (registryId: number | null, pattern: string | null) => {
      const ctx = createTestContext([{ role: "auditor", registryId, pattern }]);
      const seen = (await targets({ of: "events" }, ctx)).toSorted();
      const exported = await readExport({ of: "events" }, ctx);
      expect(exported.map(({ target }) => target).toSorted()).toEqual(seen);
      return seen;
    };
    expect(await of(main, null)).toEqual(["main", "team/api:a", "web:b"]);
    expect(await of(main, "team/*")).toEqual(["team/api:a"]);
    expect(await of(null, "team/**")).toEqual(["team/api:a", "team/api:c"]);
    expect(await of(other, "web")).toEqual([]);
    await expect(targets({ of: "events" }, createTestContextOf("engineer"))).rejects.toThrow();
  });

  it("W10: a cursor of another choice is refused", async () => {
    await tell(main, [{}, {}]);
    await change(new Date(startMs));
    await change(new Date(startMs));
    const cursorOf = async (of: string) =>
      (await listAuditEvents(auditor, listAuditEventsQuery.parse({ of, limit: "1" }))).nextCursor ?? "";
    for (const of of ["changes", "events", "all"])
      for (const asked of ["changes", "events", "all"]) {
        const page = targets({ of: asked, cursor: await cursorOf(of) });
        if (of === asked) expect((await page).length).toBeGreaterThan(0);
        else await expect(page).rejects.toMatchObject({ status: 400 });
      }
  });

  it("X3: hostile text of a client stands in the CSV as text", async () => {
    const hostile = [
      "=cmd|' /C calc'!A0",
      "+1+1",
      "@SUM(1)",
      'x","y',
      "two\r\nlines",
      "\u202egpj.exe",
      "%_\\",
    ];
    await tell(
      main,
      hostile.map((text) => ({ actor: text, agent: text, message: text, tag: text, raw: { text } })),
    );
    for (const text of hostile) {
      const found = await list({ actor: text });
      expect(found.map(({ agent, after }) => [agent, after])).toEqual([
        [text, expect.objectContaining({ message: text, raw: { text } })],
      ]);
      expect(await targets({ q: text })).toContain(`team/api:${text}`);
    }
    const asked = exportAuditEventsQuery.parse({ of: "events" });
    const csv = await new Response(await exportAuditEvents(auditor, asked)).text();
    expect(csv).not.toMatch(/(^|[,\n])"?\s*[=+@]/);
    expect(await readExport({ of: "events" })).toEqual(await list({ of: "events" }));
  });

  it("E10: an export holds no event that came after it began, and says how far it went", async () => {
    const ctx = createTestContextOf("auditor");
    const events = Array.from({ length: 500 }, (_, index) => ({ at: new Date(startMs + index * 1_000) }));
    await tell(main, events);
    const asked = exportAuditEventsQuery.parse({ of: "all", format: "ndjson", sort: "at" });
    const reader = (await exportAuditEvents(ctx, asked)).getReader();
    const pieces = [await reader.read()];
    await tell(main, [{ at: new Date(startMs + 450_500), tag: "late" }]);
    await change(new Date(startMs + 450_500), { target: "late" });
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) pieces.push(piece);
    const text = pieces.map(({ value }) => new TextDecoder().decode(value)).join("");
    expect(text.trim().split("\n")).toHaveLength(500);
    expect(text).not.toContain("late");
    const row = await db().auditEvent.findFirstOrThrow({ where: { requestId: ctx.requestId } });
    const newest = await db().registryEvent.findFirstOrThrow({ where: { tag: "late" } });
    expect(row.after).toMatchObject({ of: "all", throughEvent: String(newest.id - 1n) });
  });
});
