import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDb } from "#lib/db/client";
import { ingestDistribution } from "#lib/events/hot-door";
import { applyWaiting } from "#lib/events/service";
import { createIngestSecret, disconnectRegistry } from "#lib/registries/connection-service";
import { formatUserAgent, getRequestMark } from "#lib/registries/request-mark";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { startHotDoor } from "#lib/testing/start-hot-door";

const { db } = attachTestDatabase();
let door: Awaited<ReturnType<typeof startHotDoor>>;
let secret: string;
let registryId: number;
const digest = `sha256:${"a".repeat(64)}`;
let lastId = 0;

beforeAll(async () => {
  registryId = await connectTestRegistry("told", "http://127.0.0.1:1", { repositorySource: "events" });
  ({ secret } = await createIngestSecret(testContext, "told", undefined));
  door = await startHotDoor(ingestDistribution);
});
afterAll(() => door.close());
beforeEach(async () => {
  await db().registryEvent.deleteMany();
  await db().registry.update({
    where: { id: registryId },
    data: { unreadableEvents: 0, conflictingEvents: 0 },
  });
});

function event(
  more: { id?: string; action?: string; target?: object; agent?: string; timestamp?: string } = {},
) {
  return {
    id: more.id ?? `event-${++lastId}`,
    timestamp: more.timestamp ?? "2026-05-01T10:00:00.123456789Z",
    action: more.action ?? "push",
    target: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest,
      size: 500,
      repository: "team/api",
      tag: "v1",
      ...more.target,
    },
    request: {
      id: "r",
      addr: "10.0.0.9:4711",
      host: "registry",
      method: "PUT",
      useragent: more.agent ?? "docker/27",
    },
    actor: { name: "ci" },
    unknown: { field: true },
  };
}

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(door.url, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, ...headers },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
const envelope = (...events: object[]) => JSON.stringify({ events });

describe("the door for notifications", () => {
  it("E1: refuses without the secret of a connected registry, before the body is read", async () => {
    for (const header of ["", "Bearer ", "Bearer nothing", `Basic ${secret}`, `Bearer ${secret}x`]) {
      const { status, json } = await post(envelope(event()), { authorization: header });
      expect([status, json.code]).toEqual([401, "unauthenticated"]);
    }
    // A body that never comes: the answer does not wait for it.
    const answer = await new Promise<string>((resolve, reject) => {
      const { port, hostname, pathname } = new URL(door.url);
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n`);
      });
      let text = "";
      socket.on("data", (data) => {
        text += data.toString();
      });
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(await db().registryEvent.count()).toBe(0);
  });

  it("E1: answers 413 to more than 4 MiB, announced or not, and keeps nothing", async () => {
    const large = envelope({ ...event(), padding: "x".repeat(5 * 1024 * 1024) });
    expect((await post(large)).status).toBe(413);
    const chunked = await new Promise<string>((resolve, reject) => {
      const { port, hostname, pathname } = new URL(door.url);
      const socket = connect(Number(port), hostname, () => {
        const head = `POST ${pathname} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secret}\r\n`;
        socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
        for (let sent = 0; sent < 5; sent++) socket.write(`100000\r\n${"x".repeat(1024 * 1024)}\r\n`);
      });
      let text = "";
      socket.on("data", (data) => {
        text += data.toString();
      });
      socket.on("close", () => resolve(text));
      socket.on("error", (error) => (text === "" ? reject(error) : undefined));
    });
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(await db().registryEvent.count()).toBe(0);
  });

  it("takes gzip, and counts a gzip bomb as unreadable", async () => {
    expect((await post(gzipSync(envelope(event())), { "content-encoding": "gzip" })).json.accepted).toBe(1);
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    expect(await post(bomb, { "content-encoding": "gzip" })).toMatchObject({
      status: 202,
      json: { unreadable: 1 },
    });
  });

  it("answers 2xx to what it cannot read, and counts it", async () => {
    const bodies = [
      "",
      "<html>",
      "[]",
      "{}",
      '{"events":{}}',
      envelope(event({ target: { repository: "../../etc" } })),
      envelope(event({ target: { tag: "-bad" } })),
      envelope(event({ target: { digest: "sha256:zz" } })),
      envelope(event({ action: "explode" })),
      '{"events":[null]}',
      `{"events":[${"[".repeat(100_000)}${"]".repeat(100_000)}]}`,
    ];
    for (const body of bodies) expect(await post(body)).toMatchObject({ status: 202, json: { accepted: 0 } });
    const { unreadableEvents } = await db().registry.findUniqueOrThrow({ where: { id: registryId } });
    expect(unreadableEvents).toBe(bodies.length);
  });

  it("E2: keeps an event once, and flags one that comes again with another content", async () => {
    const told = event({ id: "same" });
    expect((await post(envelope(told, told))).json).toMatchObject({ accepted: 1, duplicate: 1 });
    expect((await post(envelope(told))).json).toMatchObject({ accepted: 0, duplicate: 1 });
    await post(envelope({ ...told, action: "pull" }));
    const row = await db().registry.findUniqueOrThrow({ where: { id: registryId } });
    expect(row.conflictingEvents).toBe(1);
    expect(await db().registryEvent.findMany({ select: { action: true } })).toEqual([{ action: "push" }]);
  });

  it("hostile text is kept as text", async () => {
    const told = event({ agent: 'x\u0000"><script>\ud800' });
    expect((await post(JSON.stringify({ events: [told] }))).json.accepted).toBe(1);
    const row = await db().registryEvent.findFirstOrThrow();
    expect(row.agent).toContain("<script>");
  });

  it("does not keep what our own requests make the registry tell, but notes that it speaks", async () => {
    await db().registry.update({ where: { id: registryId }, data: { lastEventAt: null } });
    const agent = formatUserAgent(await getRequestMark());
    expect((await post(envelope(event({ action: "pull", agent })))).json).toMatchObject({
      accepted: 0,
      ignored: 1,
    });
    expect(await db().registryEvent.count()).toBe(0);
    const row = await db().registry.findUniqueOrThrow({ where: { id: registryId } });
    expect(row.lastEventAt).not.toBeNull();
  });

  it("E3: a pull moves the times of the last pull forward and never back", async () => {
    const repository = await db().repository.create({ data: { registryId, name: "pulled" } });
    const at = ["2026-05-01T10:00:00Z", "2026-05-01T12:00:00Z", "2026-05-01T11:00:00Z"];
    for (const timestamp of at)
      await post(envelope(event({ action: "pull", timestamp, target: { repository: "pulled", tag: "v1" } })));
    await applyWaiting(registryId);
    const row = await db().repository.findUniqueOrThrow({ where: { id: repository.id } });
    expect(row.lastPulledAt?.toISOString()).toBe("2026-05-01T12:00:00.000Z");
    expect(await db().registryEvent.count({ where: { appliedAt: null } })).toBe(0);
  });

  it("E4: answers 503 while the database is away, so that the registry sends again", async () => {
    const shared = globalThis as { wharfingerDb?: unknown };
    const before = shared.wharfingerDb;
    const away = createDb("postgresql://nobody:x@127.0.0.1:1/none");
    shared.wharfingerDb = away;
    const told = envelope(event());
    expect((await post(told)).status).toBe(503);
    shared.wharfingerDb = before;
    await away.$disconnect();
    expect((await post(told)).json.accepted).toBe(1);
  });

  it("a disconnected registry's secret ends", async () => {
    await connectTestRegistry("gone", "http://127.0.0.1:2");
    const gone = await createIngestSecret(testContext, "gone", undefined);
    const headers = { authorization: `Bearer ${gone.secret}` };
    expect((await post(envelope(event()), headers)).status).toBe(202);
    await disconnectRegistry(testContext, "gone");
    expect((await post(envelope(event()), headers)).status).toBe(401);
  });
});
