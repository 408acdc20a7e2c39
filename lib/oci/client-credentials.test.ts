import { afterEach, describe, expect, it } from "vitest";

import type { RegistryClientOptions } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { ociImageManifest } from "#lib/oci/media-types";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type RecordedRequest,
  type ScriptedServer,
  sendJson,
  startCanary,
  startHostileRegistry,
} from "#lib/oci/testing/hostile-registry";

const secret = "canary-secret-7f3a";
const basic = { kind: "basic", username: "robot", password: secret } as const;
const basicHeader = `Basic ${Buffer.from(`robot:${secret}`).toString("base64")}`;
const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 };
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: ociImageManifest, config, layers: [] });

const opened: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
  opened.push(thing);
  return thing;
};
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});
const clientFor = (baseUrl: string, options: Partial<RegistryClientOptions> = {}) =>
  keep(createTestClient(baseUrl, options));

/** A registry that answers 401 with this challenge until the right header comes. */
function challenging(challenge: string | ((request: RecordedRequest) => string), accepted: string | null) {
  return startHostileRegistry((request, response) => {
    if (accepted !== null && request.headers.authorization === accepted) sendManifest(response);
    else {
      const value = typeof challenge === "string" ? challenge : challenge(request);
      sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED" }] }, { "www-authenticate": value });
    }
  });
}

function sendManifest(response: Parameters<typeof sendJson>[0]): void {
  sendJson(response, 200, manifest, { "content-type": ociImageManifest });
}

const leaked = (server: ScriptedServer) =>
  server.requests.some(
    (request) => JSON.stringify(request).includes(secret) || request.headers.authorization !== undefined,
  );

describe("O3: the realm", () => {
  it("on another host gets no credentials, and the error names it", async () => {
    const canary = keep(await startCanary());
    const realm = `http://localhost:${canary.port}/token`;
    const registry = keep(
      await challenging(`Bearer realm="${realm}",service="s",scope="repository:a:pull"`, null),
    );
    for (const credentials of [basic, { kind: "token", token: secret } as const]) {
      const failure = await failureOf(clientFor(registry.origin, { credentials }).getManifest("a", "v1"));
      expect(failure).toMatchObject({ kind: "realm-refused", realm });
      expect(failure.message).toContain(realm);
    }
    expect(canary.requests).toHaveLength(0);
  });

  it("on another host gets credentials once that very origin is confirmed", async () => {
    const canary = keep(await startCanary());
    const other = keep(await startCanary());
    const realm = `http://localhost:${canary.port}/token`;
    const registry = keep(await challenging(`Bearer realm="${realm}",service="s"`, "Bearer canary"));
    await clientFor(registry.origin, { credentials: basic, pinnedRealm: realm }).getManifest("a", "v1");
    expect(canary.requests).toHaveLength(1);
    const pinnedElsewhere = clientFor(registry.origin, {
      credentials: basic,
      pinnedRealm: `http://localhost:${other.port}`,
    });
    expect((await failureOf(pinnedElsewhere.getManifest("a", "v1"))).kind).toBe("realm-refused");
    expect(canary.requests).toHaveLength(1);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://0.0.0.0/token",
    "http://127.0.0.1@localhost/token",
    "http://2130706433/token",
    "file:///etc/passwd",
    "//no-scheme/token",
    "http://127.0.0.1./token",
    "nonsense",
  ])("is not asked at %s, with or without credentials", async (realm) => {
    const registry = keep(await challenging(`Bearer realm="${realm}",service="s"`, null));
    for (const credentials of [basic, { kind: "none" } as const]) {
      const failure = await failureOf(clientFor(registry.origin, { credentials }).getManifest("a", "v1"));
      expect(["realm-refused", "address-refused"]).toContain(failure.kind);
    }
  });

  it("that redirects is not followed", async () => {
    const canary = keep(await startCanary());
    const auth = keep(
      await startHostileRegistry((_request, response) => {
        response.writeHead(307, { location: `${canary.origin}/token` }).end();
      }),
    );
    const registry = keep(await challenging(`Bearer realm="${auth.origin}/t",service="s"`, null));
    const failure = await failureOf(
      clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1"),
    );
    expect(failure.kind).toBe("realm-refused");
    expect(canary.requests).toHaveLength(0);
  });

  it("must not make us fetch a token for another repository", async () => {
    const auth = keep(
      await startHostileRegistry((_request, response) => sendJson(response, 200, { token: "t" })),
    );
    const registry = keep(
      await challenging(
        `Bearer realm="${auth.origin}/t",service="s",scope="repository:secret/other:pull,push"`,
        "Bearer t",
      ),
    );
    await clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1");
    expect(new URL(auth.requests[0]?.path ?? "", auth.origin).searchParams.getAll("scope")).toEqual([
      "repository:a:pull",
    ]);
  });

  it("that is refused leaves basic authentication where it is offered too", async () => {
    const registry = keep(
      await challenging(`Bearer realm="http://localhost:1/",service="s", Basic realm="r"`, basicHeader),
    );
    await clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1");
  });
});

describe("O4: redirects and upload locations", () => {
  it.each([301, 302, 303, 307, 308])("%i to another port drops the credentials", async (status) => {
    const digest = digestOf("blob");
    const store = keep(await startHostileRegistry((_request, response) => response.end("blob")));
    const registry = keep(
      await startHostileRegistry((request, response) => {
        if (request.headers.authorization === undefined) {
          return sendJson(response, 401, {}, { "www-authenticate": 'Basic realm="r"' });
        }
        response.writeHead(status, { location: `${store.origin}/object?sig=1` }).end();
      }),
    );
    const client = clientFor(registry.origin, { credentials: basic });
    expect(Buffer.from(await client.getBlob("a", digest)).toString()).toBe("blob");
    const pieces: Uint8Array[] = [];
    for await (const piece of client.streamBlob("a", digest)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("blob");
    expect(store.requests).toHaveLength(2);
    expect(leaked(store)).toBe(false);
  });

  it("credentials do not come back when a redirect returns", async () => {
    const registry: ScriptedServer = keep(
      await startHostileRegistry((request, response) => {
        if (request.path === "/back") return sendJson(response, 200, "x");
        if (request.headers.authorization === undefined)
          return sendJson(response, 401, {}, { "www-authenticate": "Basic" });
        response.writeHead(307, { location: `${middle.origin}/` }).end();
      }),
    );
    const middle = keep(
      await startHostileRegistry((_request, response) =>
        response.writeHead(307, { location: `${registry.origin}/back` }).end(),
      ),
    );
    await failureOf(clientFor(registry.origin, { credentials: basic }).getBlob("a", digestOf("y")));
    const back = registry.requests.find((request) => request.path === "/back");
    expect(back?.headers.authorization).toBeUndefined();
  });

  it.each([
    "http://169.254.169.254/x",
    "http://[::ffff:169.254.169.254]/",
    "http://10.0.0.1/",
    "file:///etc/passwd",
    "http://u:p@127.0.0.1/",
  ])("a redirect to %s is judged like any address", async (location) => {
    const registry = keep(
      await startHostileRegistry((_request, response) => response.writeHead(302, { location }).end()),
    );
    const failure = await failureOf(clientFor(registry.origin).getBlob("a", digestOf("y")));
    expect(failure.kind).toBe("address-refused");
  });

  it("redirects in circles, or to nowhere, end", async () => {
    const circle = keep(
      await startHostileRegistry((_request, response) =>
        response.writeHead(302, { location: "/v2/again" }).end(),
      ),
    );
    expect((await failureOf(clientFor(circle.origin).ping())).kind).toBe("invalid-response");
    expect(circle.requests.length).toBeLessThanOrEqual(6);
    const nowhere = keep(await startHostileRegistry((_request, response) => response.writeHead(302).end()));
    expect((await failureOf(clientFor(nowhere.origin).ping())).kind).toBe("invalid-response");
  });

  it("requests that change something follow no redirect", async () => {
    const canary = keep(await startCanary());
    const registry = keep(
      await startHostileRegistry((_request, response) =>
        response.writeHead(307, { location: `${canary.origin}/x` }).end(),
      ),
    );
    const client = clientFor(registry.origin, { credentials: basic });
    const bytes = Buffer.from(manifest);
    await failureOf(client.putManifest("a", "v1", { mediaType: ociImageManifest, bytes }));
    await failureOf(client.deleteManifest("a", digestOf("x")));
    await failureOf(client.uploadBlob("a", bytes));
    expect(canary.requests).toHaveLength(0);
  });

  it("an upload location on another origin is refused", async () => {
    const canary = keep(await startCanary());
    const locations = [
      `${canary.origin}/upload`,
      `//127.0.0.1:${canary.port}/upload`,
      `http://localhost:${canary.port}/upload`,
    ];
    for (const location of locations) {
      const registry = keep(
        await startHostileRegistry((_request, response) => response.writeHead(202, { location }).end()),
      );
      const failure = await failureOf(
        clientFor(registry.origin, { credentials: basic }).uploadBlob("a", Buffer.from("x")),
      );
      expect(failure.kind).toBe("address-refused");
    }
    expect(canary.requests).toHaveLength(0);
  });

  it("an upload location with a query keeps it", async () => {
    const registry = keep(
      await startHostileRegistry((request, response) => {
        if (request.method === "POST")
          response.writeHead(202, { location: "../uploads/1?_state=a%2Fb" }).end();
        else response.writeHead(201).end();
      }),
    );
    const { digest } = await clientFor(registry.origin).uploadBlob("a", Buffer.from("x"));
    expect(registry.requests[1]?.path).toBe(
      `/v2/a/blobs/uploads/1?_state=a%2Fb&digest=${encodeURIComponent(digest)}`,
    );
  });
});

describe("what comes in content", () => {
  it("O7: addresses in layers and annotations are never fetched", async () => {
    const canary = keep(await startCanary());
    const urls = [`${canary.origin}/layer`];
    const layers = [{ ...config, urls }];
    const annotations = {
      "org.opencontainers.image.url": canary.origin,
      "io.artifacthub.package.logo-url": canary.origin,
    };
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: ociImageManifest,
      config,
      layers,
      annotations,
    });
    const registry = keep(
      await startHostileRegistry((_request, response) =>
        sendJson(response, 200, body, { "content-type": ociImageManifest }),
      ),
    );
    const { parsed } = await clientFor(registry.origin).getManifest("a", "v1");
    expect(parsed.kind === "image" && parsed.layers[0]?.urls).toEqual(urls);
    expect(canary.requests).toHaveLength(0);
  });

  it("O10: a registry that repeats our secret does not get it into an error", async () => {
    const registry = keep(
      await startHostileRegistry((request, response) => {
        if (request.headers.authorization === undefined)
          return sendJson(response, 401, {}, { "www-authenticate": "Basic" });
        const message = `denied \u001b[31m for ${request.headers.authorization} with ${secret}\r\n\u202eforged`;
        sendJson(response, 403, { errors: [{ code: "DENIED", message }] });
      }),
    );
    const failure = await failureOf(
      clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1"),
    );
    const shown = `${failure.message} ${failure.stack} ${JSON.stringify(failure)} ${failure.registryMessage}`;
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(basicHeader.slice(6));
    expect(failure.registryMessage).toMatch(/^denied \[31m for Basic \*\*\* with \*\*\* forged$/);
  });
});
