import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseWebhookSecret, signWebhook } from "#lib/alerts/sign-webhook";
import { formatCheckpoint } from "#lib/audit/checkpoint";
import { findCheckpointFile } from "#lib/audit/checkpoint-file";
import { deliverCheckpoint } from "#lib/audit/deliver-checkpoint";
import { getAuditChain } from "#lib/audit/get-audit-chain";
import { listAuditEvents } from "#lib/audit/list-audit-events";
import { readAuditEvents } from "#lib/audit/read-audit-events";
import { listAuditEventsQuery } from "#lib/audit/schema";
import { recordAudit } from "#lib/audit/service";
import { findChainHead } from "#lib/audit/store-chain";
import { watchChain } from "#lib/audit/watch-chain";
import { writeAuditCheckpoint } from "#lib/audit/write-checkpoint";
import { ForbiddenError } from "#lib/http/errors";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { createTestContext, createTestContextOf } from "#lib/testing/seed-inventory";

const { db } = attachTestDatabase();
const start = Date.parse("2026-03-01T12:00:00Z");
let minutes = 0;
let home = "";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "wharfinger-chain-"));
  await record(10);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const now = () => new Date(start + minutes * 60_000);
const auditor = () => ({ ...createTestContextOf("auditor"), now: now() });
const look = () => watchChain(now(), { home });
const chain = () => getAuditChain(auditor());

async function record(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await recordAudit(db(), auditor(), { action: "tag.delete", target: `main/app:${index}` });
}

/** As the owner of the database does it: no trigger runs. */
async function tamper(seq: bigint, actor: string): Promise<string> {
  const { eventId } = await db().auditLink.findUniqueOrThrow({ where: { seq } });
  const { actor: before } = await db().auditEvent.findUniqueOrThrow({ where: { id: eventId } });
  await db().$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    await tx.$executeRaw`UPDATE audit_event SET actor = ${actor} WHERE id = ${eventId}`;
  });
  return before;
}

describe("what is known of the chain", () => {
  it("nothing before the first look", async () => {
    expect(await chain()).toEqual({
      state: "unknown",
      links: 10,
      verifiedThrough: null,
      verifiedAt: null,
      lastCheckpointAt: null,
      checkpointPlaces: [],
      webhook: null,
      firstBreak: null,
    });
  });

  it("whole, and then on from the last link that was verified", async () => {
    await writeAuditCheckpoint(now(), home);
    await look();
    expect(await chain()).toMatchObject({
      state: "whole",
      links: 10,
      verifiedThrough: 10,
      verifiedAt: now().toISOString(),
      lastCheckpointAt: now().toISOString(),
      checkpointPlaces: ["file", "log"],
    });
    await record(3);
    expect(await chain()).toMatchObject({ links: 13, verifiedThrough: 10 });
    // Nobody sees this before the next whole walk: what was verified is not read again.
    const before = await tamper(2n, "somebody else");
    minutes += 1;
    await look();
    expect(await chain()).toMatchObject({ state: "whole", links: 13, verifiedThrough: 13 });
    minutes += 60;
    await look();
    expect(await chain()).toMatchObject({
      state: "broken",
      verifiedThrough: 1,
      firstBreak: { seq: 2, eventId: expect.any(String), what: expect.stringContaining("link 2") },
    });
    await tamper(2n, before);
    minutes += 6;
    await look();
    expect(await chain()).toMatchObject({ state: "whole", verifiedThrough: 13, firstBreak: null });
  });

  it("a change in what was added is found by the next look", async () => {
    await record(2);
    const before = await tamper(15n, "somebody else");
    minutes += 1;
    await look();
    expect(await chain()).toMatchObject({ state: "broken", verifiedThrough: 14, firstBreak: { seq: 15 } });
    await tamper(15n, before);
    minutes += 6;
    await look();
    expect((await chain()).state).toBe("whole");
  });

  it("a checkpoint that says otherwise, and a line that we did not sign, are breaks too", async () => {
    const path = findCheckpointFile(home);
    const kept = await readFile(path, "utf8");
    await appendFile(path, `${formatCheckpoint({ seq: 9_000n, hash: "ab".repeat(32), at: now() })}\n`);
    minutes += 1;
    await look();
    expect(await chain()).toMatchObject({
      state: "broken",
      firstBreak: { seq: 9_000, what: expect.stringContaining("its end was taken away") },
    });
    await writeFile(path, `${kept}${kept.replace('"10"', '"11"')}`);
    minutes += 6;
    await look();
    expect(await chain()).toMatchObject({
      state: "broken",
      firstBreak: { seq: null, what: expect.stringContaining("is not as we signed it") },
    });
    await writeFile(path, kept);
    minutes += 6;
    await look();
    expect((await chain()).state).toBe("whole");
  });

  it("unknown when nobody looks any more, or when it was not us who said so", async () => {
    minutes += 30;
    expect((await chain()).state).toBe("unknown");
    await look();
    expect((await chain()).state).toBe("whole");
    const { value } = await db().setting.findUniqueOrThrow({ where: { key: "audit.chain" } });
    await db()
      .$executeRaw`UPDATE setting SET value = jsonb_set(value, '{verified}', to_jsonb(replace(value->>'verified', '"15"', '"14"'))) WHERE key = 'audit.chain'`;
    expect((await chain()).state).toBe("unknown");
    await db().setting.update({ where: { key: "audit.chain" }, data: { value: value ?? {} } });
    expect((await chain()).state).toBe("whole");
  });

  it("W2: who reads a part of the audit is told whether it is whole, and not how much there is", async () => {
    const partly = createTestContext([{ role: "auditor", registryId: null, pattern: "team/**" }], now());
    expect(await getAuditChain(partly)).toMatchObject({ state: "whole", links: null, verifiedThrough: null });
    await expect(getAuditChain(createTestContextOf("engineer"))).rejects.toThrow(ForbiddenError);
  });
});

describe("E11: reading the audit", () => {
  it("is a row for each reader and hour", async () => {
    const query = listAuditEventsQuery.parse({});
    const reader = auditor();
    const readings = async () =>
      (await listAuditEvents(reader, listAuditEventsQuery.parse({ action: "audit.read" }))).items.length;
    await Promise.all([1, 2, 3].map(() => readAuditEvents(reader, query)));
    expect(await readings()).toBe(1);
    await readAuditEvents({ ...reader, now: new Date(reader.now.getTime() + 3_599_000) }, query);
    expect(await readings()).toBe(1);
    await readAuditEvents(auditor(), query);
    expect(await readings()).toBe(2);
    await readAuditEvents({ ...reader, now: new Date(reader.now.getTime() + 3_601_000) }, query);
    expect(await readings()).toBe(3);
    await expect(readAuditEvents(createTestContextOf("viewer"), query)).rejects.toThrow(ForbiddenError);
    expect(await readings()).toBe(3);
  });

  it("goes on where that cannot be written", async () => {
    const head = await db().auditChainHead.findUniqueOrThrow({ where: { id: 1 } });
    await db().auditChainHead.delete({ where: { id: 1 } });
    try {
      const page = await readAuditEvents(auditor(), listAuditEventsQuery.parse({}));
      expect(page.items.length).toBeGreaterThan(10);
    } finally {
      await db().auditChainHead.create({ data: head });
    }
  });
});

describe("checkpoints by webhook", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const received: { request: IncomingMessage; body: string }[] = [];
  let status = 204;
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (piece: string) => {
        body += piece;
      });
      request.on("end", () => {
        received.push({ request, body });
        response.writeHead(status, { location: "/elsewhere" }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    process.env.WHARFINGER_AUDIT_WEBHOOK_URL = `http://127.0.0.1:${port}/in?tenant=a`;
    process.env.WHARFINGER_AUDIT_WEBHOOK_SECRET = secret;
  });
  afterEach(() => {
    status = 204;
    received.length = 0;
  });
  afterAll(async () => {
    delete process.env.WHARFINGER_AUDIT_WEBHOOK_URL;
    delete process.env.WHARFINGER_AUDIT_WEBHOOK_SECRET;
    await new Promise((resolve) => server.close(resolve));
  });

  const createLine = async () => {
    const head = await findChainHead(db());
    return formatCheckpoint({
      seq: head?.seq ?? 0n,
      hash: Buffer.from(head?.hash ?? []).toString("hex"),
      at: now(),
    });
  };

  it("are signed messages whose data is the line of the file", async () => {
    const line = await createLine();
    expect(await deliverCheckpoint(line, now())).toEqual({ ok: true });
    const [{ request, body } = { request: null, body: "" }] = received;
    expect(request).toMatchObject({ method: "POST", url: "/in?tenant=a" });
    expect(JSON.parse(body)).toEqual({
      type: "audit.checkpoint",
      timestamp: now().toISOString(),
      data: JSON.parse(line),
    });
    const id = String(request?.headers["webhook-id"]);
    const key = parseWebhookSecret(secret) ?? Buffer.alloc(0);
    expect(request?.headers).toMatchObject({ ...signWebhook({ id, body, key, at: now() }) });
    expect(await chain()).toMatchObject({ state: "whole" });
  });

  it("keep their name from attempt to attempt, with a signature of its own time each", async () => {
    const line = await createLine();
    status = 503;
    expect(await deliverCheckpoint(line, now())).toMatchObject({ ok: false });
    status = 302;
    expect(await deliverCheckpoint(line, new Date(now().getTime() + 1_000))).toMatchObject({ ok: false });
    expect(received).toHaveLength(2);
    const headers = received.map(({ request }) => request.headers);
    expect(new Set(headers.map((one) => one["webhook-id"])).size).toBe(1);
    expect(new Set(headers.map((one) => one["webhook-signature"])).size).toBe(2);
  });

  it("are queued with each checkpoint, and the page knows whether they arrive", async () => {
    await record(1);
    minutes += 2;
    await writeAuditCheckpoint(now(), home);
    const jobs = await db().$queryRaw<{ payload: { line: string } }[]>`
      SELECT j.payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
      WHERE t.identifier = 'audit.deliver-checkpoint'`;
    expect(jobs).toHaveLength(1);
    const line = jobs[0]?.payload.line ?? "";
    expect((await readFile(findCheckpointFile(home), "utf8")).trimEnd().split("\n").at(-1)).toBe(line);
    await deliverCheckpoint(line, now());
    status = 500;
    const failedAt = now().toISOString();
    await deliverCheckpoint(line, now());
    minutes += 1;
    await deliverCheckpoint(line, now());
    expect(await chain()).toMatchObject({
      checkpointPlaces: ["file", "log", "webhook"],
      webhook: { deliveredAt: failedAt, failingSince: failedAt },
    });
    status = 200;
    await deliverCheckpoint(line, now());
    expect((await chain()).webhook).toEqual({ deliveredAt: now().toISOString(), failingSince: null });
  });

  it("go to the operator's own networks, and never where the metadata of machines is", async () => {
    const before = process.env.WHARFINGER_AUDIT_WEBHOOK_URL;
    process.env.WHARFINGER_AUDIT_WEBHOOK_URL = "http://169.254.169.254/in";
    try {
      expect(await deliverCheckpoint(await createLine(), now())).toEqual({
        ok: false,
        reason: "The receiver was not reached (address-refused).",
      });
    } finally {
      process.env.WHARFINGER_AUDIT_WEBHOOK_URL = before;
    }
  });
});
