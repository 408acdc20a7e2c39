import { afterEach, describe, expect, it } from "vitest";

import type { RegistryClientOptions } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { ociImageManifest } from "#lib/oci/media-types";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type RecordedRequest,
  sendJson,
  startHostileRegistry,
} from "#lib/oci/testing/hostile-registry";
import { Authenticator } from "#lib/oci/token-auth";

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

describe("a token source of our own", () => {
  const realm = "http://console.example.com/api/token";
  const challenge = `Bearer realm="${realm}",service="quay",scope="repository:a:pull"`;
  const createSource = () => {
    const asked: (readonly string[])[] = [];
    return {
      asked,
      accepts: (url: URL, service: string | null) => url.href === realm && service === "quay",
      issue: async (scopes: readonly string[]) => {
        asked.push(scopes);
        return { token: `made-${asked.length}`, expiresInMs: 60_000 };
      },
    };
  };

  it("makes the token for the realm that it accepts, without a request and without the credentials", async () => {
    const registry = keep(await challenging(challenge, "Bearer made-1"));
    const tokenSource = createSource();
    const client = clientFor(registry.origin, { credentials: basic, tokenSource });
    await client.getManifest("a", "v1");
    await client.getManifest("a", "v1");
    expect(tokenSource.asked).toEqual([["repository:a:pull"]]);
    expect(registry.requests.map((request) => request.headers.authorization)).toEqual([
      undefined,
      "Bearer made-1",
      "Bearer made-1",
    ]);
  });

  it("leaves every other challenge to the credentials", async () => {
    const registry = keep(await challenging('Basic realm="r"', basicHeader));
    const tokenSource = createSource();
    await clientFor(registry.origin, { credentials: basic, tokenSource }).getManifest("a", "v1");
    expect(tokenSource.asked).toEqual([]);
    const elsewhere = keep(await challenging(challenge.replace("quay", "other"), "Bearer made-1"));
    const failure = await failureOf(
      clientFor(elsewhere.origin, { credentials: basic, tokenSource }).getManifest("a", "v1"),
    );
    expect(failure.kind).toBe("realm-refused");
    expect(tokenSource.asked).toEqual([]);
  });

  it("knows a refusal in spite of its token for a missing right", async () => {
    const registry = keep(await challenging(challenge, null));
    const failure = await failureOf(
      clientFor(registry.origin, { tokenSource: createSource() }).getManifest("a", "v1"),
    );
    expect(failure.kind).toBe("denied");
  });
});

describe("basic authentication", () => {
  it("waits for the challenge, then sends the credentials with every request", async () => {
    const registry = keep(await challenging('Basic realm="r"', basicHeader));
    const client = clientFor(registry.origin, { credentials: basic });
    await client.getManifest("a", "v1");
    await client.getManifest("a", "v1");
    const sent = registry.requests.map((request) => request.headers.authorization);
    expect(sent).toEqual([undefined, basicHeader, basicHeader]);
  });

  it("says that credentials are wrong, once and without repeating them", async () => {
    const registry = keep(await challenging('Basic realm="r"', null));
    const failure = await failureOf(
      clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1"),
    );
    expect(failure).toMatchObject({ kind: "unauthorized", status: 401, code: "UNAUTHORIZED" });
    expect(registry.requests).toHaveLength(2);
  });
});

describe("token authentication", () => {
  it("fetches one token for many requests at once and keeps it", async () => {
    const auth = keep(
      await startHostileRegistry((_request, response) =>
        sendJson(response, 200, { token: "t1", expires_in: 300 }),
      ),
    );
    const registry = keep(
      await challenging(
        `Bearer realm="${auth.origin}/token",service="reg",scope="repository:a:pull"`,
        "Bearer t1",
      ),
    );
    const client = clientFor(registry.origin, { credentials: basic });
    await Promise.all(Array.from({ length: 8 }, () => client.getManifest("a", "v1")));
    await client.getManifest("a", "v1");
    expect(auth.requests).toHaveLength(1);
    const asked = new URL(auth.requests[0]?.path ?? "", auth.origin).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      service: "reg",
      scope: "repository:a:pull",
      account: "robot",
    });
    expect(auth.requests[0]?.headers.authorization).toBe(basicHeader);
    expect(registry.requests.every((request) => request.headers.authorization !== basicHeader)).toBe(true);
  });

  it("keeps tokens of different scopes apart", async () => {
    const auth = keep(
      await startHostileRegistry((request, response) => {
        const scope = new URL(request.path, "http://x").searchParams.get("scope") ?? "";
        sendJson(response, 200, { access_token: Buffer.from(scope).toString("hex") });
      }),
    );
    const registry = keep(
      await startHostileRegistry((request, response) => {
        const name = request.path.split("/")[2];
        const scope = `repository:${name}:pull`;
        if (request.headers.authorization === `Bearer ${Buffer.from(scope).toString("hex")}`)
          return sendManifest(response);
        const challenge = `Bearer realm="${auth.origin}/token",service="s",scope="${scope}"`;
        sendJson(response, 401, {}, { "www-authenticate": challenge });
      }),
    );
    const client = clientFor(registry.origin, { credentials: basic });
    for (const name of ["a", "b", "a", "b"]) await client.getManifest(name, "v1");
    expect(auth.requests).toHaveLength(2);
    // Only the very first request had to be challenged.
    expect(registry.requests).toHaveLength(5);
  });

  it("renews a token before it expires", async () => {
    let nowMs = 0;
    let issued = 0;
    const authenticator = new Authenticator({
      registryOrigin: "http://registry.example",
      credentials: basic,
      userAgent: "t",
      now: () => nowMs,
      checkHost: () => undefined,
      send: async () => {
        issued += 1;
        const body = Buffer.from(JSON.stringify({ token: `t${issued}`, expires_in: 100 }));
        return { status: 200, headers: {}, body };
      },
    });
    const scopes = ["repository:a:pull"];
    expect(authenticator.headerFor(scopes)).toBeNull();
    const challenge = 'Bearer realm="http://registry.example/token",service="s"';
    expect(await authenticator.answerChallenge(challenge, scopes, null)).toBe("Bearer t1");
    nowMs = 89_000;
    expect(authenticator.headerFor(scopes)).toBe("Bearer t1");
    nowMs = 91_000;
    expect(await authenticator.headerFor(scopes)).toBe("Bearer t2");
  });

  it("asks again when a token is refused before its time", async () => {
    let issued = 0;
    let nowMs = 0;
    const authenticator = new Authenticator({
      registryOrigin: "http://registry.example",
      credentials: basic,
      userAgent: "t",
      now: () => nowMs,
      checkHost: () => undefined,
      send: async () => {
        issued += 1;
        return {
          status: 200,
          headers: {},
          body: Buffer.from(JSON.stringify({ token: `t${issued}`, expires_in: 900 })),
        };
      },
    });
    const challenge = 'Bearer realm="http://registry.example/token",service="s",scope="repository:a:pull"';
    const ask = (sent: string | null) =>
      authenticator.answerChallenge(challenge, ["repository:a:pull"], sent);
    expect(await ask(null)).toBe("Bearer t1");
    expect(await ask("Bearer t1")).toBeNull();
    expect(await ask("Bearer t0")).toBe("Bearer t1");
    nowMs = 10_000;
    expect(await ask("Bearer t1")).toBe("Bearer t2");
  });

  it("trades a refresh token by POST, and a password where the server knows no GET", async () => {
    const auth = keep(
      await startHostileRegistry((request, response) => {
        if (request.method !== "POST") return sendJson(response, 405, {});
        sendJson(response, 200, { access_token: "posted", expires_in: 60, scope: "x" });
      }),
    );
    const registry = keep(
      await challenging(`Bearer realm="${auth.origin}/token",service="reg"`, "Bearer posted"),
    );
    await clientFor(registry.origin, { credentials: { kind: "token", token: secret } }).getManifest(
      "a",
      "v1",
    );
    const refresh = new URLSearchParams(auth.requests[0]?.body);
    expect(Object.fromEntries(refresh)).toMatchObject({
      grant_type: "refresh_token",
      refresh_token: secret,
      service: "reg",
      scope: "repository:a:pull",
    });
    await clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1");
    const password = new URLSearchParams(auth.requests[2]?.body);
    expect(Object.fromEntries(password)).toMatchObject({
      grant_type: "password",
      username: "robot",
      password: secret,
    });
  });

  it("sends a static token as it is", async () => {
    const registry = keep(
      await challenging('Bearer realm="http://127.0.0.1:1/",service="s"', `Bearer ${secret}`),
    );
    await clientFor(registry.origin, { credentials: { kind: "token", token: secret } }).getManifest(
      "a",
      "v1",
    );
    expect(registry.requests).toHaveLength(1);
  });

  it("calls a right that the token lacks a denial", async () => {
    const auth = keep(
      await startHostileRegistry((_request, response) => sendJson(response, 200, { token: "weak" })),
    );
    const registry = keep(
      await challenging(`Bearer realm="${auth.origin}/t",service="s",error="insufficient_scope"`, null),
    );
    const failure = await failureOf(
      clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1"),
    );
    expect(failure).toMatchObject({ kind: "denied", status: 401 });
  });

  it("R9: a flapping 401 causes no storm on the token service", async () => {
    const auth = keep(
      await startHostileRegistry((_request, response) =>
        sendJson(response, 200, { token: "t", expires_in: 300 }),
      ),
    );
    let count = 0;
    const registry = keep(
      await startHostileRegistry((request, response) => {
        count += 1;
        if (request.headers.authorization === "Bearer t" && count % 2 === 0) return sendManifest(response);
        sendJson(
          response,
          401,
          {},
          { "www-authenticate": `Bearer realm="${auth.origin}/t",service="s",scope="repository:a:pull"` },
        );
      }),
    );
    const client = clientFor(registry.origin, { credentials: basic });
    await Promise.allSettled(Array.from({ length: 40 }, () => client.getManifest("a", "v1")));
    expect(auth.requests.length).toBeLessThanOrEqual(2);
    expect(registry.requests.length).toBeLessThanOrEqual(80);
  });

  it("R9: a refusal by the token service is remembered for a moment", async () => {
    const auth = keep(await startHostileRegistry((_request, response) => sendJson(response, 401, {})));
    const registry = keep(
      await challenging(`Bearer realm="${auth.origin}/t",service="s",scope="repository:a:pull"`, null),
    );
    const client = clientFor(registry.origin, { credentials: basic });
    for (let round = 0; round < 5; round += 1) {
      expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("unauthorized");
    }
    expect(auth.requests).toHaveLength(1);
  });

  it.each([
    ["no token", {}],
    ["a token that could end the header", { token: "a\r\nX-Evil: 1" }],
    ["a token with blanks", { token: "a b" }],
    ["a token that is no text", { token: 5 }],
    ["a web page", "<html>sign in</html>"],
  ])("O9: refuses a token service that answers with %s", async (_name, answer) => {
    const auth = keep(await startHostileRegistry((_request, response) => sendJson(response, 200, answer)));
    const registry = keep(await challenging(`Bearer realm="${auth.origin}/t",service="s"`, null));
    const failure = await failureOf(
      clientFor(registry.origin, { credentials: basic }).getManifest("a", "v1"),
    );
    expect(failure.kind).toBe("invalid-response");
  });
});
