import { beforeAll, describe, expect, it } from "vitest";
import { exportAuditEvents } from "#lib/audit/export-audit-events";
import { listAuditEvents } from "#lib/audit/list-audit-events";
import { exportAuditEventsQuery, listAuditEventsQuery } from "#lib/audit/schema";
import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { createDb } from "#lib/db/client";
import { ForbiddenError } from "#lib/http/errors";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf, seedRegistry } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const auditor = createTestContextOf("auditor");
const many = 50_000;
const manyActor = "many";
let main = 0;

const hostile = [
  "=cmd|' /C calc'!A0",
  "+1+1",
  "-2+3",
  "@SUM(1)",
  "\t=1",
  "\r=1",
  " =1",
  'x","y',
  "two\r\nlines",
  "\u202egpj.exe",
  "ünïcode 鯨 🐋",
];

beforeAll(async () => {
  main = await seedRegistry(db(), "main");
  for (const text of hostile)
    await recordAudit(
      db(),
      { ...auditor, agent: text, principal: { ...auditor.principal, name: text } },
      { action: "tag.delete", target: text, registryId: main, repository: "hostile", before: { text } },
    );
  // Linked by hand: the trigger would take half a minute, and nothing here reads a hash.
  await db().$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    await tx.$executeRaw`
      INSERT INTO audit_event (at, actor_kind, actor, action, target, outcome, request_id, after)
      SELECT timestamptz '2026-01-01Z' + make_interval(secs => n / 3), 'system', ${manyActor}, 'tag.move', 't' || n,
        'succeeded', 'r' || n, jsonb_build_object('text', repeat('x', 500))
      FROM generate_series(1, ${many}::int) n`;
    await tx.$executeRaw`
      INSERT INTO audit_link (seq, event_id, hash)
      SELECT h.seq + row_number() OVER (ORDER BY e.id), e.id, ''::bytea
      FROM audit_event e, audit_chain_head h WHERE e.actor = ${manyActor}`;
    await tx.$executeRaw`UPDATE audit_chain_head SET seq = seq + ${many}::int`;
  });
});

const start = (ctx: Context, query: object) => exportAuditEvents(ctx, exportAuditEventsQuery.parse(query));

async function readAll(ctx: Context, query: object): Promise<string> {
  return new Response(await start(ctx, query)).text();
}

async function readItems(
  ctx: Context,
  query: object,
): Promise<{ id: string; target: string; actor: string }[]> {
  const text = await readAll(ctx, { ...query, format: "ndjson" });
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Cells of RFC 4180, by rules of its own. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [, value = "", end] = match;
    rows.at(-1)?.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("export of the audit", () => {
  it("X3: holds hostile text as text, and no cell begins with what a spreadsheet would run", async () => {
    const [head = [], ...rows] = parseCsv(await readAll(auditor, { repository: "hostile", sort: "at" }));
    expect(rows).toHaveLength(hostile.length);
    for (const [index, text] of hostile.entries()) {
      const row = rows[index] ?? [];
      expect(row).toHaveLength(head.length);
      for (const name of ["actor", "agent", "target"])
        expect(row[head.indexOf(name)]?.replace(/^'/, "")).toBe(text);
      for (const value of row) expect(value).not.toMatch(/^\s*[=+@\t\r]|^\s*-(?!\d+$)/);
      expect(JSON.parse(row[head.indexOf("before")] ?? "")).toEqual({ text });
    }
    const items = await readItems(auditor, { repository: "hostile", sort: "at" });
    expect(items.map(({ target }) => target)).toEqual(hostile);
  });

  it("holds the rows of the list, in its order, with its filters and within its bounds", async () => {
    for (const query of [
      { registry: "main" },
      { action: "tag.", actor: manyActor, from: "2026-01-01T00:00:10Z", to: "2026-01-01T00:00:20Z" },
      { q: "鯨" },
      { target: "nothing like it" },
      { requestId: "r77" },
      { agent: "SUM(" },
    ]) {
      const list = await listAuditEvents(auditor, listAuditEventsQuery.parse({ ...query, limit: 500 }));
      expect(await readItems(auditor, query), JSON.stringify(query)).toEqual(list.items);
    }
    const ofTeam = createTestContext([{ role: "auditor", registryId: main, pattern: "team/*" }]);
    expect(await readItems(ofTeam, {})).toEqual([]);
    const ofMain = createTestContext([{ role: "auditor", registryId: main, pattern: null }]);
    expect(await readItems(ofMain, {})).toHaveLength(hostile.length);
    await expect(start(createTestContextOf("engineer"), {})).rejects.toThrow(ForbiddenError);
  });

  it("E11: is a row itself, with what was asked for", async () => {
    const ctx = createTestContextOf("auditor");
    const items = await readItems(ctx, { registry: "main", from: "2026-01-01T00:00:00+01:00" });
    const [row] = await db().auditEvent.findMany({ where: { requestId: ctx.requestId } });
    expect(row).toMatchObject({
      action: "audit.export",
      outcome: "succeeded",
      after: {
        format: "ndjson",
        sort: "-at",
        filter: { registry: "main", from: "2025-12-31T23:00:00.000Z" },
      },
    });
    expect(items.map(({ id }) => id)).not.toContain(String(row?.id));
  });

  it("no record, no export", async () => {
    const head = await db().auditChainHead.findUniqueOrThrow({ where: { id: 1 } });
    await db().auditChainHead.delete({ where: { id: 1 } });
    try {
      await expect(start(auditor, {})).rejects.toThrow();
    } finally {
      await db().auditChainHead.create({ data: head });
    }
  });

  it("E10: is of one moment, whatever is written while it is read, and skips no row that committed late", async () => {
    // Begun before the export with an early time, and not committed when the export begins.
    const other = createDb(process.env.DATABASE_URL ?? "", 2);
    let commit = () => {};
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let begun = () => {};
    const written = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const late = other.$transaction(async (tx) => {
      await recordAudit(
        tx,
        { ...auditor, now: new Date("2026-01-01T00:00:00Z") },
        { action: "tag.move", target: "late" },
      );
      begun();
      await held;
    });
    await written;
    const before = await db().auditEvent.count();
    const reader = (await start(auditor, { format: "ndjson" })).getReader();
    const pieces = [await reader.read()];
    commit();
    await late;
    await other.$disconnect();
    await recordAudit(
      db(),
      { ...auditor, now: new Date("2026-01-01T00:00:01Z") },
      { action: "tag.move", target: "later" },
    );
    for (;;) {
      const piece = await reader.read();
      if (piece.done) break;
      pieces.push(piece);
    }
    const text = pieces.map(({ value }) => new TextDecoder().decode(value)).join("");
    const targets = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).target);
    expect(targets).toHaveLength(before);
    expect(targets).not.toContain("late");
    expect(targets).not.toContain("later");
    const next = (await readItems(auditor, { target: "late" })).map(({ target }) => target);
    expect(next.toSorted()).toEqual(["late", "later"]);
  });

  it("shows a row that was put in past the console", async () => {
    await db().$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await recordAudit(tx, auditor, { action: "tag.move", target: "past the console" });
    });
    const items = await readItems(auditor, { target: "past the console" });
    expect(items).toHaveLength(1);
    await db().auditEvent.deleteMany({ where: { target: "past the console" } });
  });

  it("memory does not grow with what is read", async () => {
    const reader = (await start(auditor, { actor: manyActor, format: "ndjson" })).getReader();
    global.gc?.();
    const before = process.memoryUsage();
    let [rows, bytes, highest] = [0, 0, 0];
    const seen = new Set<string>();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      for (const line of new TextDecoder().decode(value).trimEnd().split("\n")) {
        rows += 1;
        seen.add(JSON.parse(line).id);
      }
      const { arrayBuffers, external } = process.memoryUsage();
      highest = Math.max(highest, arrayBuffers + external - before.arrayBuffers - before.external);
    }
    expect(rows).toBe(many);
    expect(seen.size).toBe(many);
    expect(bytes).toBeGreaterThan(30_000_000);
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(300_000_000);
    expect(highest).toBeLessThan(150_000_000);
  });

  it("a database that fails in the middle breaks the stream off instead of ending it", async () => {
    const reader = (await start(auditor, { actor: manyActor })).getReader();
    expect((await reader.read()).done).toBe(false);
    await db().$executeRaw`ALTER TABLE audit_link RENAME TO audit_link_away`;
    try {
      const readOn = async () => {
        for (;;) if ((await reader.read()).done) return;
      };
      await expect(readOn()).rejects.toThrow();
    } finally {
      await db().$executeRaw`ALTER TABLE audit_link_away RENAME TO audit_link`;
    }
  });

  it("a reader who leaves ends it", async () => {
    const stream = await start(auditor, { actor: manyActor });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    expect((await reader.read()).done).toBe(true);
  });
});
