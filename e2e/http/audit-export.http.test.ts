import { get, type IncomingMessage } from "node:http";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FaultProxy } from "#lib/testing/fault-proxy";
import { createTestDatabase, type TestDatabase } from "#lib/testing/test-database";
import { bearer } from "./identities.ts";
import { type OwnConsole, startOwnConsole } from "./own-console.ts";

// More than every buffer on the way together.
const count = 40_000;
let database: TestDatabase;
let client: Client;
let proxy: FaultProxy;
let console: OwnConsole;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  // Past the trigger, which would take half a minute: this is about the way of the bytes.
  await client.query("SET session_replication_role = replica");
  await client.query(
    `INSERT INTO audit_event (actor_kind, actor, action, target, outcome, request_id, after)
     SELECT 'system', 'many', 'tag.move', 't' || n, 'succeeded', 'r' || n, jsonb_build_object('text', repeat('x', 1200))
     FROM generate_series(1, $1::int) n`,
    [count],
  );
  proxy = await FaultProxy.before(database.url);
  console = await startOwnConsole(proxy.through(database.url));
}, 120_000);
afterAll(async () => {
  await console?.stop();
  await proxy.stop();
  await client.end();
  await database.drop();
});
beforeEach(() => proxy.heal());

/** The answer with its first piece read and the rest waiting. */
async function begin(): Promise<IncomingMessage> {
  const url = new URL("/api/v1/audit-events/export?actor=many&format=ndjson", console.url);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: bearer(console.apiKey), agent: false }, resolve).on("error", reject);
  });
  await new Promise<void>((resolve) => answer.once("readable", resolve));
  return answer;
}

async function countLines(answer: IncomingMessage): Promise<number> {
  let lines = 0;
  for await (const piece of answer as AsyncIterable<Buffer>)
    for (const byte of piece) if (byte === 10) lines += 1;
  return lines;
}

describe("export of a long audit", { timeout: 120_000 }, () => {
  it("comes whole to a reader who takes their time", async () => {
    const answer = await begin();
    expect(answer.statusCode).toBe(200);
    expect(await countLines(answer)).toBe(count);
    expect(answer.complete).toBe(true);
  });

  it("F1: is cut off when the database goes away, so that no short file looks whole", async () => {
    const answer = await begin();
    proxy.fault = "refuse";
    proxy.reset();
    await expect(countLines(answer)).rejects.toThrow(/aborted/);
    expect(answer.complete).toBe(false);
  });

  it("ends with the reader who leaves, and the console goes on", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, begin));
    for (const answer of answers) answer.destroy();
    const answer = await begin();
    expect(await countLines(answer)).toBe(count);
  });
});
