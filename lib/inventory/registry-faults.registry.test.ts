import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RegistryClient } from "#lib/oci/client";
import { failureOf } from "#lib/oci/testing/failure-of";
import { createTestClient } from "#lib/oci/testing/hostile-registry";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, crawlNow } from "#lib/testing/connect-test-registry";
import { dumpInventory } from "#lib/testing/dump-inventory";
import { FaultProxy } from "#lib/testing/fault-proxy";
import { pushImage, pushSmallFleet, pushTag } from "#lib/testing/push-content";
import { startTestRegistry, type TestRegistry } from "#lib/testing/test-registry";

const { db } = attachTestDatabase();
const deadlineMs = 2_000;
let registry: TestRegistry;
let direct: RegistryClient;
let proxy: FaultProxy;
let client: RegistryClient;
let big: { digest: string; layer: string };

beforeAll(async () => {
  registry = await startTestRegistry();
  direct = createTestClient(registry.url, {
    timeouts: { headersMs: 20_000, idleMs: 20_000, deadlineMs: 20_000 },
  });
  await pushSmallFleet(direct, 6);
  const layer = "x".repeat(40_000);
  const { digest } = await pushImage(direct, "big/one", "v1", { layers: [layer] });
  const { parsed } = await direct.getManifest("big/one", digest);
  if (parsed.kind !== "image") throw new Error("An image was pushed.");
  big = { digest, layer: parsed.layers[0]?.digest ?? "" };
  // So long a list goes out in chunks.
  for (let number = 0; number < 150; number++)
    await pushTag(direct, "big/one", `release-${number}-with-a-long-name`, digest);
  proxy = await FaultProxy.before(registry.url);
}, 120_000);
afterAll(async () => {
  await proxy.stop();
  await direct.close();
  await registry.stop();
});
afterEach(async () => {
  proxy.heal();
  proxy.reset();
  await client?.close();
});

function open(): RegistryClient {
  client = createTestClient(proxy.through(registry.url), {
    timeouts: { connectMs: 2_000, headersMs: 1_000, idleMs: 1_000, deadlineMs },
  });
  return client;
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces).toString("latin1");
}

/** What is read, in a form that shows whether it is whole. */
const reads: [string, (from: RegistryClient) => Promise<string>][] = [
  ["a manifest", async (from) => Buffer.from((await from.getManifest("big/one", "v1")).bytes).toString()],
  ["a list of tags", async (from) => (await from.listTags("big/one")).tags.join()],
  [
    "the catalogue",
    async (from) => {
      const names: string[] = [];
      // A registry may take long for the catalogue, so it has a deadline of its own.
      for await (const page of from.listCatalog({ pageSizes: [null], pageDeadlineMs: 1_000 }))
        names.push(...page.repositories);
      return names.join();
    },
  ],
  ["a blob", (from) => collect(from.streamBlob("big/one", big.layer, { deadlineMs }))],
];

/** How many bytes the registry answers with, headers and all. */
async function measure(read: (from: RegistryClient) => Promise<string>): Promise<number> {
  let bytes = 0;
  proxy.rewrite = (piece) => {
    bytes += piece.length;
    return piece;
  };
  const measuring = open();
  await read(measuring);
  await measuring.close();
  proxy.heal();
  return bytes;
}

/** An answer that only the end of its connection ends. */
const withoutLength = (piece: Buffer) =>
  Buffer.from(
    piece.toString("latin1").replace(/\r\n(?:Content-Length: \d+|Transfer-Encoding: chunked)/i, ""),
    "latin1",
  );
const badChunks = (piece: Buffer) =>
  Buffer.from(
    piece
      .toString("latin1")
      .replace(/\r\nContent-Length: \d+/i, "\r\nTransfer-Encoding: chunked")
      .replace(/\r\n\r\n(?:[0-9a-f]+\r\n)?/i, "\r\n\r\nfffg\r\n"),
    "latin1",
  );

/** What breaks, and what it may be called. `bytes` is the length of the whole answer. */
const faults: [string, (bytes: number) => void, string[]][] = [
  ["comes at a byte a second", () => (proxy.answerBytesPerSecond = 1), ["timeout"]],
  ["comes at a hundred bytes a second", () => (proxy.answerBytesPerSecond = 100), ["timeout"]],
  [
    "has no end",
    () => {
      proxy.rewrite = withoutLength;
      proxy.endless = Buffer.alloc(1_024 * 1_024, " ");
    },
    ["too-large", "timeout", "invalid-response"],
  ],
  [
    "ends too early",
    (bytes) => (proxy.cut = { afterBytes: bytes - 10, how: "end" }),
    ["cannot-connect", "invalid-response"],
  ],
  [
    "is reset in its middle",
    (bytes) => (proxy.cut = { afterBytes: bytes - 10, how: "reset" }),
    ["cannot-connect"],
  ],
  ["stops in its middle", (bytes) => (proxy.cut = { afterBytes: bytes - 10, how: "hang" }), ["timeout"]],
  ["is cut in its headers", () => (proxy.cut = { afterBytes: 60, how: "end" }), ["cannot-connect"]],
  ["never begins", () => (proxy.cut = { afterBytes: 0, how: "hang" }), ["timeout"]],
  ["has bad chunks", () => (proxy.rewrite = badChunks), ["invalid-response"]],
  ["is refused", () => (proxy.fault = "refuse"), ["cannot-connect"]],
];

describe("R8: an answer of a real registry that is broken on its way", () => {
  for (const [what, read] of reads)
    it.each(faults)(
      `${what} that %s fails in time, and is read whole afterwards`,
      async (_name, apply, kinds) => {
        const bytes = await measure(read);
        const truth = await read(direct);
        apply(bytes);
        const from = open();
        const began = performance.now();
        const failure = await failureOf(read(from));
        expect(performance.now() - began).toBeLessThan(deadlineMs + 2_500);
        expect(kinds).toContain(failure.kind);
        proxy.heal();
        proxy.reset();
        expect(await read(from)).toBe(truth);
      },
    );

  it.each(reads)(
    "%s over a way that went dead while idle: fails in time, then works",
    async (_what, read) => {
      const from = open();
      const truth = await read(from);
      proxy.fault = "swallow";
      expect((await failureOf(read(from))).kind).toBe("timeout");
      proxy.heal();
      expect(await read(from)).toBe(truth);
    },
  );

  it.each(reads)("%s over a slow way is slow, and whole", async (_what, read) => {
    proxy.latencyMs = 150;
    expect(await read(open())).toBe(await read(direct));
  });
});

const findRegistry = (slug: string) => db().registry.findUniqueOrThrow({ where: { slug } });

describe("R8 F6: a crawl over a way that breaks", () => {
  it.each<[string, () => void]>([
    ["refuses", () => (proxy.fault = "refuse")],
    ["cuts each connection in its first answer", () => (proxy.cut = { afterBytes: 300, how: "end" })],
    ["resets each connection after some answers", () => (proxy.cut = { afterBytes: 9_000, how: "reset" })],
    ["breaks the chunks of long answers", () => (proxy.rewrite = badChunks)],
  ])(
    "%s: what was known stays, with its age; afterwards it heals",
    async (name, apply) => {
      const slug = `way-${name.split(" ")[0]}`;
      await connectTestRegistry(slug, proxy.through(registry.url));
      expect((await crawlNow(slug)).state).toBe("succeeded");
      const known = await dumpInventory(db(), slug);
      const { lastSyncedAt } = await findRegistry(slug);
      apply();
      for (const kind of ["full", "sweep"] as const) {
        const run = await crawlNow(slug, kind);
        expect(await dumpInventory(db(), slug)).toEqual(known);
        const row = await findRegistry(slug);
        if (run.state === "succeeded" && run.incomplete === null) continue;
        if (run.state === "failed") expect([row.state, row.stateDetail]).toEqual(["failing", run.error]);
        expect(row.lastSyncedAt).toEqual(lastSyncedAt);
      }
      proxy.heal();
      proxy.reset();
      expect(await crawlNow(slug, "sweep")).toMatchObject({ state: "succeeded", incomplete: null });
      expect((await findRegistry(slug)).state).toBe("ok");
      expect(await dumpInventory(db(), slug)).toEqual(known);
    },
    120_000,
  );
});
