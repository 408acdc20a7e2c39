import { afterEach, describe, expect, it } from "vitest";

import { createRegistryClient } from "#lib/oci/client";
import { isRegistryError } from "#lib/oci/errors";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type ScriptedServer,
  sendJson,
  startCanary,
  startHostileRegistry,
} from "#lib/oci/testing/hostile-registry";

const opened: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
  opened.push(thing);
  return thing;
};
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

const clientFor = (baseUrl: string, options: Parameters<typeof createTestClient>[1] = {}) =>
  keep(createTestClient(baseUrl, options));

describe("addresses", () => {
  it.each([
    "http://127.0.0.1",
    "http://127.0.0.53",
    "http://10.0.0.1",
    "http://172.16.0.1",
    "http://192.168.0.1",
    "http://100.64.0.1",
    "http://[::1]",
    "http://[fd00::1]",
    "http://[::ffff:127.0.0.1]",
    "http://[64:ff9b::7f00:1]",
    "http://0.0.0.0",
    "http://169.254.169.254",
    "http://[fe80::1]",
    "http://2130706433",
    "http://0x7f.1",
    "http://017700000001",
    "http://127.0.0.1.",
    "http://localhost.",
    "http://me:secret@127.0.0.1",
    "http://example.com@127.0.0.1",
    "http://１２７.0.0.1",
  ])("O1: %s is refused before a packet leaves", (baseUrl) => {
    const open = () =>
      createRegistryClient({ baseUrl, credentials: { kind: "none" }, allowedNetworks: [], userAgent: "t" });
    expect(open).toThrow(expect.objectContaining({ kind: "address-refused" }));
  });

  it("O1: loopback by name is refused until its network is allowed", async () => {
    const canary = keep(await startCanary());
    const baseUrl = `http://localhost:${canary.port}`;
    const refused = await failureOf(clientFor(baseUrl, { allowedNetworks: [] }).ping());
    expect(refused.kind).toBe("address-refused");
    expect(canary.requests).toHaveLength(0);
    await clientFor(baseUrl, { resolver: async () => [{ address: "127.0.0.1", family: 4 }] }).ping();
    expect(canary.requests).toHaveLength(1);
  });

  it("O2: a name that resolves to a private address beside a public one is refused", async () => {
    const canary = keep(await startCanary());
    const resolver = async () => [
      { address: "8.8.8.8", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ];
    const client = clientFor(`http://mixed.example:${canary.port}`, { allowedNetworks: [], resolver });
    expect((await failureOf(client.ping())).kind).toBe("address-refused");
    expect(canary.requests).toHaveLength(0);
  });

  it("O2: each connection resolves once and goes to that very address", async () => {
    const canary = keep(await startCanary());
    const registry = keep(
      await startHostileRegistry((_request, response) =>
        sendJson(response, 200, {}, { connection: "close" }),
      ),
    );
    let asked = 0;
    const resolver = async () => {
      asked += 1;
      return [{ address: asked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
    };
    const client = clientFor(`http://rebind.example:${registry.port}`, { resolver });
    await client.ping();
    expect(asked).toBe(1);
    expect(registry.requests[0]?.headers.host).toBe(`rebind.example:${registry.port}`);
    // The server closed the connection, so the name is resolved again and the new address judged again.
    expect((await failureOf(client.ping())).kind).toBe("address-refused");
    expect(asked).toBe(2);
    expect(canary.requests).toHaveLength(0);
  });

  it("O2: allowing a private network does not open the metadata service", async () => {
    const resolver = async () => [{ address: "169.254.169.254", family: 4 }];
    const client = clientFor("http://metadata.example", { allowedNetworks: ["0.0.0.0/0"], resolver });
    expect((await failureOf(client.ping())).kind).toBe("address-refused");
  });

  it("O1: an unknown name is said to be unknown", async () => {
    const resolver = () => Promise.reject(Object.assign(new Error("nope"), { code: "ENOTFOUND" }));
    const failure = await failureOf(clientFor("http://nowhere.example", { resolver }).ping());
    expect(failure).toMatchObject({ kind: "name-not-resolved", systemCode: "ENOTFOUND" });
  });

  it("O9: only names of the grammar reach the wire", async () => {
    const canary = keep(await startCanary());
    const client = clientFor(canary.origin);
    const bad = [
      "../../secret",
      "a/../b",
      "a%2f..%2fb",
      "a\r\nHost: evil",
      "a?x=1",
      "a#b",
      "A",
      "",
      "a/b ",
      "/a",
      "a\\b",
    ];
    for (const name of bad) {
      for (const call of [
        () => client.getManifest(name, "v1"),
        () => client.getManifest("a", `${name}/x`),
        () => client.listTags(name),
        () => client.deleteTag("a", `${name}/x`),
        () => client.getBlob("a", name),
        () => client.deleteManifest("a", name),
        () => client.mountBlob("a", `sha256:${"a".repeat(64)}`, name),
        () => client.listReferrers("a", name),
        () => client.uploadBlob(name, Buffer.from("x")),
      ]) {
        const failure = await failureOf(call());
        expect(failure.kind).toBe("invalid-request");
      }
    }
    expect(canary.requests).toHaveLength(0);
  });

  it("O9: settings that could break a header are refused", () => {
    const open = (change: object) => () => createTestClient("http://127.0.0.1", change);
    const invalid = expect.objectContaining({ kind: "invalid-request" });
    expect(open({ userAgent: "x\r\nCookie: a=b" })).toThrow(invalid);
    expect(open({ userAgent: "" })).toThrow(invalid);
    expect(open({ credentials: { kind: "token", token: "a\r\nb" } })).toThrow(invalid);
    expect(open({ credentials: { kind: "basic", username: "a:b", password: "c" } })).toThrow(invalid);
    expect(open({ credentials: { kind: "basic", username: "a\n", password: "c" } })).toThrow(invalid);
    expect(open({ requestsPerSecond: 0 })).toThrow(invalid);
    expect(open({ allowedNetworks: ["nonsense"] })).toThrow(invalid);
    expect(() => createTestClient("http://127.0.0.1/prefix")).toThrow(invalid);
    expect(() => createTestClient("http://127.0.0.1/?x")).toThrow(invalid);
  });

  it("O9: sends the few headers it knows, and never a cookie back", async () => {
    const registry = keep(
      await startHostileRegistry((_request, response) =>
        sendJson(response, 200, {}, { "set-cookie": "session=abc; Path=/" }),
      ),
    );
    const seen: string[] = [];
    const client = clientFor(registry.origin, { onRequest: (method, url) => seen.push(`${method} ${url}`) });
    await client.ping();
    await client.ping();
    const allowed = new Set(["host", "connection", "user-agent", "accept", "accept-encoding"]);
    for (const { headers } of registry.requests) {
      expect(Object.keys(headers).filter((name) => !allowed.has(name))).toEqual([]);
      expect(headers["user-agent"]).toBe("wharfinger-test/1");
      expect(headers["accept-encoding"]).toBe("identity");
    }
    expect(seen).toEqual([`GET ${registry.origin}/v2/`, `GET ${registry.origin}/v2/`]);
  });

  it("stops at once when the caller's signal fires, and after close", async () => {
    const silent: ScriptedServer = keep(await startHostileRegistry(() => undefined));
    const client = clientFor(silent.origin);
    const controller = new AbortController();
    const waiting = failureOf(client.ping({ signal: controller.signal }));
    controller.abort();
    expect((await waiting).kind).toBe("aborted");
    const pending = failureOf(client.getManifest("a", "b"));
    await client.close();
    expect((await pending).kind).toBe("aborted");
    expect((await failureOf(client.ping())).kind).toBe("aborted");
    expect(isRegistryError(await failureOf(client.ping({ signal: AbortSignal.abort() })), "aborted")).toBe(
      true,
    );
  });
});
