import { afterEach, describe, expect, it } from "vitest";

import { Breaker } from "#lib/oci/breaker";
import type { RegistryClientOptions } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { ociImageManifest } from "#lib/oci/media-types";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type Script,
  sendJson,
  startHostileRegistry,
  startRawServer,
} from "#lib/oci/testing/hostile-registry";

const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 };
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: ociImageManifest, config, layers: [] });

/** For answers that never come whole. */
const timeouts = { headersMs: 400, idleMs: 400, deadlineMs: 800 };

const opened: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
  opened.push(thing);
  return thing;
};
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function start(script: Script, options: Partial<RegistryClientOptions> = {}) {
  const registry = keep(await startHostileRegistry(script));
  return { registry, client: keep(createTestClient(registry.origin, options)) };
}

describe("R8: slow and broken answers end in time and are never taken for whole", () => {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${ociImageManifest}\r\n`;

  it.each<[string, string, string]>([
    ["nothing at all", "", "timeout"],
    ["half a header", "HTTP/1.1 200 OK\r\nContent-Ty", "timeout"],
    ["a body that stops", `${head}Content-Length: 1000\r\n\r\n{"schemaVersion":2`, "timeout"],
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "invalid-response"],
    ["a bad chunk size", `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`, "invalid-response"],
    ["a bad status line", "HTTP/9.9 999 ?\r\n\r\n", "invalid-response"],
    ["a negative length", `${head}Content-Length: -5\r\n\r\n`, "invalid-response"],
    ["two lengths", `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, "invalid-response"],
  ])("%s", async (_name, bytes, kind) => {
    const server = keep(await startRawServer((socket) => socket.write(bytes)));
    const client = keep(createTestClient(server.origin, { timeouts }));
    const began = performance.now();
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe(kind);
    expect(performance.now() - began).toBeLessThan(6_000);
  });

  it.each<[string, string]>([
    ["a body shorter than announced", `${head}Content-Length: 1000\r\n\r\n${manifest}`],
    [
      "an unfinished chunked body",
      `${head}Transfer-Encoding: chunked\r\n\r\n${manifest.length.toString(16)}\r\n${manifest}\r\n`,
    ],
    ["an answer cut in its header", "HTTP/1.1 200 OK\r\nContent"],
    ["a connection closed unanswered", ""],
  ])("%s", async (_name, bytes) => {
    const server = keep(await startRawServer((socket) => socket.end(bytes)));
    const client = keep(createTestClient(server.origin));
    const failure = await failureOf(client.getManifest("a", "v1"));
    expect(["cannot-connect", "invalid-response"]).toContain(failure.kind);
    const streamed = (async () => {
      for await (const _piece of client.streamBlob("a", digestOf(manifest)));
    })();
    expect(["cannot-connect", "invalid-response"]).toContain((await failureOf(streamed)).kind);
  });

  it("a reset connection", async () => {
    const server = keep(await startRawServer((socket) => socket.resetAndDestroy()));
    const client = keep(createTestClient(server.origin));
    expect((await failureOf(client.ping())).kind).toBe("cannot-connect");
  });

  it("a byte at a time: the deadline holds although there is always progress", async () => {
    const { client } = await start(
      (_request, response) => {
        response.writeHead(200, { "content-type": ociImageManifest });
        const drip = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(drip));
      },
      { timeouts },
    );
    const began = performance.now();
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("timeout");
    expect(performance.now() - began).toBeLessThan(6_000);
    const streamed = (async () => {
      for await (const _piece of client.streamBlob("a", digestOf("x"), { deadlineMs: 300 }));
    })();
    expect((await failureOf(streamed)).kind).toBe("timeout");
  });

  it("a port where nobody listens", async () => {
    const server = await startRawServer(() => undefined);
    await server.close();
    const client = keep(createTestClient(server.origin));
    expect(await failureOf(client.ping())).toMatchObject({
      kind: "cannot-connect",
      systemCode: "ECONNREFUSED",
    });
  });

  it("a slow request does not hold up others", async () => {
    const { client } = await start(
      (request, response) => {
        if (request.path.includes("/slow/")) return;
        sendJson(response, 200, manifest, { "content-type": ociImageManifest });
      },
      { timeouts: { ...timeouts, headersMs: 2_000, deadlineMs: 2_000 } },
    );
    const slow = failureOf(client.getManifest("slow", "v1"));
    for (let count = 0; count < 20; count += 1) await client.getManifest("fast", "v1");
    expect((await slow).kind).toBe("timeout");
  });
});

describe("R9: patience", () => {
  const flaky = (failures: number, status: number, headers: Record<string, string> = {}) => {
    let count = 0;
    return start(
      (_request, response) => {
        count += 1;
        if (count <= failures) sendJson(response, status, { errors: [{ code: "UNAVAILABLE" }] }, headers);
        else sendJson(response, 200, manifest, { "content-type": ociImageManifest });
      },
      { retry: { attempts: 4, baseDelayMs: 5, maxDelayMs: 20 } },
    );
  };

  it.each([500, 502, 503, 504, 429])("tries again after %i", async (status) => {
    const { registry, client } = await flaky(2, status);
    await client.getManifest("a", "v1");
    expect(registry.requests).toHaveLength(3);
  });

  it("gives up after its tries and says what the registry said", async () => {
    const { registry, client } = await flaky(99, 503);
    expect(await failureOf(client.getManifest("a", "v1"))).toMatchObject({
      kind: "server-error",
      status: 503,
      code: "UNAVAILABLE",
    });
    expect(registry.requests).toHaveLength(4);
  });

  it("does not try again what would not get better", async () => {
    for (const status of [400, 401, 403, 404, 405, 413]) {
      const { registry, client } = await flaky(99, status);
      await failureOf(client.getManifest("a", "v1"));
      expect(registry.requests).toHaveLength(1);
    }
  });

  it("waits as long as Retry-After says, in seconds and as a date", async () => {
    // A date has whole seconds only: two ahead is more than one second away.
    for (const value of [() => "1", () => new Date(Date.now() + 2_000).toUTCString()]) {
      const { client } = await flaky(1, 429, { "retry-after": value() });
      const began = performance.now();
      await client.getManifest("a", "v1");
      expect(performance.now() - began).toBeGreaterThan(900);
    }
  });

  it("does not wait for hours: the call fails at once, and so do the next ones without a request", async () => {
    const { registry, client } = await flaky(99, 429, { "retry-after": "7200" });
    const failure = await failureOf(client.getManifest("a", "v1"));
    expect(failure).toMatchObject({ kind: "throttled", status: 429, retryAfterMs: 7_200_000 });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("throttled");
    expect(registry.requests).toHaveLength(1);
  });

  it.each(["soon", "-1", "1e9", "", "99999999999999999999"])(
    "is not led astray by Retry-After: %j",
    async (value) => {
      const { registry, client } = await flaky(1, 429, { "retry-after": value });
      await client.getManifest("a", "v1");
      expect(registry.requests).toHaveLength(2);
    },
  );

  it("a request that changes something is only sent again when it was put off", async () => {
    const digest = digestOf("x");
    for (const [status, expected] of [
      [500, 1],
      [502, 1],
      [429, 4],
      [503, 4],
    ] as const) {
      const { registry, client } = await flaky(99, status);
      await failureOf(client.deleteManifest("a", digest));
      expect(registry.requests).toHaveLength(expected);
    }
  });

  it("a failing registry is not stormed: the breaker opens, and closes when it recovers", async () => {
    let isDown = true;
    let at = 0;
    const breaker = new Breaker({ threshold: 5, coolDownMs: 1_000, now: () => at });
    const { registry, client } = await start(
      (_request, response) =>
        sendJson(response, isDown ? 502 : 200, manifest, { "content-type": ociImageManifest }),
      { breaker, connections: 4 },
    );
    for (let count = 0; count < 100; count += 1) await failureOf(client.getManifest("a", "v1"));
    expect(registry.requests).toHaveLength(5);
    const failure = await failureOf(client.getManifest("a", "v1"));
    expect(failure).toMatchObject({ kind: "cannot-connect", retryAfterMs: 1_000 });
    at = 1_000;
    isDown = false;
    await client.getManifest("a", "v1");
    await client.getManifest("a", "v1");
    expect(registry.requests).toHaveLength(7);
  });

  it("keeps to its request rate", async () => {
    const { registry, client } = await start(
      (_request, response) => sendJson(response, 200, manifest, { "content-type": ociImageManifest }),
      {
        requestsPerSecond: 50,
      },
    );
    const began = performance.now();
    await Promise.all(Array.from({ length: 25 }, () => client.getManifest("a", "v1")));
    expect(performance.now() - began).toBeGreaterThan(350);
    expect(registry.requests).toHaveLength(25);
  });

  it("a wait ends when the caller stops it", async () => {
    const { client } = await flaky(99, 429, { "retry-after": "20" });
    const controller = new AbortController();
    const waiting = failureOf(client.getManifest("a", "v1", { signal: controller.signal }));
    setTimeout(() => controller.abort(), 50);
    expect((await waiting).kind).toBe("aborted");
  });
});
