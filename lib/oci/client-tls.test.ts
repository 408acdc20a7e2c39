import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { RegistryClientOptions } from "#lib/oci/client";
import { createTestAuthority, type TestAuthority } from "#lib/oci/testing/certificates";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type ScriptedServer,
  sendJson,
  startHostileRegistry,
  startRawServer,
} from "#lib/oci/testing/hostile-registry";

const names = "IP:127.0.0.1,DNS:registry.example";

describe("O8: TLS", () => {
  let authority: TestAuthority;
  let stranger: TestAuthority;
  const servers: ScriptedServer[] = [];

  beforeAll(() => {
    authority = createTestAuthority();
    stranger = createTestAuthority();
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
  });

  async function serve(by: TestAuthority, forNames: string, isExpired = false): Promise<ScriptedServer> {
    const tls = by.issue(forNames, { isExpired });
    const server = await startHostileRegistry((_request, response) => sendJson(response, 200, {}), { tls });
    servers.push(server);
    return server;
  }

  async function attempt(baseUrl: string, options: Partial<RegistryClientOptions>): Promise<unknown> {
    const client = createTestClient(baseUrl, options);
    try {
      return await client.ping();
    } finally {
      await client.close();
    }
  }

  it("accepts a certificate of the registry's own CA, by address and by name", async () => {
    const server = await serve(authority, names);
    const caPem = authority.caPem;
    await attempt(server.origin, { caPem });
    const resolver = async () => [{ address: "127.0.0.1", family: 4 }];
    await attempt(`https://registry.example:${server.port}`, { caPem, resolver });
    expect(server.requests).toHaveLength(2);
  });

  it("a CA of one registry is not trusted for another", async () => {
    const server = await serve(authority, names);
    for (const caPem of [undefined, stranger.caPem]) {
      const failure = await failureOf(attempt(server.origin, { caPem }));
      expect(failure.kind).toBe("tls");
      expect(failure.message).toMatch(/unknown CA/);
    }
    expect(server.requests).toHaveLength(0);
  });

  it("refuses an expired certificate", async () => {
    const server = await serve(authority, names, true);
    const failure = await failureOf(attempt(server.origin, { caPem: authority.caPem }));
    expect(failure).toMatchObject({ kind: "tls", systemCode: "CERT_HAS_EXPIRED" });
  });

  it("refuses a certificate for another name", async () => {
    const server = await serve(authority, "DNS:other.example");
    const failure = await failureOf(attempt(server.origin, { caPem: authority.caPem }));
    expect(failure).toMatchObject({ kind: "tls", systemCode: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  it("has no global off switch", async () => {
    const server = await serve(stranger, names);
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      expect((await failureOf(attempt(server.origin, {}))).kind).toBe("tls");
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it("says so when plain HTTP answers", async () => {
    const server = await startRawServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    try {
      const failure = await failureOf(attempt(server.origin.replace("http:", "https:"), {}));
      expect(failure).toMatchObject({ kind: "tls" });
      expect(failure.message).toMatch(/plain HTTP/);
    } finally {
      await server.close();
    }
  });

  it("O3: a plain-http realm is refused for an https registry, even on its own host", async () => {
    const canary = await startHostileRegistry((_request, response) =>
      sendJson(response, 200, { token: "t" }),
    );
    servers.push(canary);
    const challenge = `Bearer realm="${canary.origin}/token",service="s"`;
    const tls = authority.issue(names);
    const server = await startHostileRegistry(
      (_request, response) => sendJson(response, 401, {}, { "www-authenticate": challenge }),
      { tls },
    );
    servers.push(server);
    const options = { caPem: authority.caPem, pinnedRealm: canary.origin };
    for (const credentials of [
      { kind: "basic", username: "u", password: "p" } as const,
      { kind: "none" } as const,
    ]) {
      const failure = await failureOf(attempt(server.origin, { ...options, credentials }));
      expect(failure.kind).toBe("realm-refused");
    }
    expect(canary.requests).toHaveLength(0);
  });

  it("O4: a redirect from https to http is refused", async () => {
    const canary = await startHostileRegistry((_request, response) => sendJson(response, 200, {}));
    servers.push(canary);
    const tls = authority.issue(names);
    const server = await startHostileRegistry(
      (_request, response) => response.writeHead(307, { location: `${canary.origin}/x` }).end(),
      { tls },
    );
    servers.push(server);
    const failure = await failureOf(attempt(server.origin, { caPem: authority.caPem }));
    expect(failure.kind).toBe("address-refused");
    expect(canary.requests).toHaveLength(0);
  });
});
