import { afterEach, describe, expect, it } from "vitest";

import type { Capabilities } from "#lib/oci/capabilities";
import type { RegistryClientOptions } from "#lib/oci/client";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type Script,
  sendJson,
  startCanary,
  startHostileRegistry,
  startRawServer,
} from "#lib/oci/testing/hostile-registry";

const opened: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
  opened.push(thing);
  return thing;
};
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

const basic = { kind: "basic", username: "u", password: "password-1" } as const;
const statesOf = (result: Capabilities) =>
  Object.fromEntries(result.steps.map((step) => [step.id, step.state]));

async function probe(script: Script, options: Partial<RegistryClientOptions> = {}) {
  const registry = keep(await startHostileRegistry(script));
  const result = await keep(createTestClient(registry.origin, options)).probe();
  return { registry, result };
}

/** Answers like a registry of today with everything switched on. */
const modern: Script = (request, response) => {
  if (request.method === "DELETE") return sendJson(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN" }] });
  if (request.path.startsWith("/v2/_catalog")) return sendJson(response, 200, { repositories: ["team/api"] });
  if (request.path.includes("/referrers/")) return sendJson(response, 200, { manifests: [] });
  sendJson(response, 200, {}, { "docker-distribution-api-version": "registry/2.0" });
};

describe("probeCapabilities", () => {
  it("finds everything in a modern registry", async () => {
    const { registry, result } = await probe(modern);
    expect(statesOf(result)).toMatchObject({
      resolve: "ok",
      connect: "ok",
      tls: "limited",
      api: "ok",
      authentication: "ok",
      catalog: "ok",
      referrers: "ok",
      deletion: "ok",
    });
    expect(result).toMatchObject({
      isUsable: true,
      catalog: "yes",
      referrers: "api",
      deletion: "on",
      tagDeletion: "by-name",
      failure: null,
    });
    const deletions = registry.requests
      .filter((request) => request.method === "DELETE")
      .map((request) => request.path);
    expect(deletions[0]).toBe(`/v2/team/api/manifests/sha256:${"0".repeat(64)}`);
    expect(deletions[1]).toMatch(/^\/v2\/team\/api\/manifests\/wharfinger-probe-[0-9a-f]{24}$/);
  });

  it("knows a registry that cannot delete by name, has no catalogue or has deletion off", async () => {
    const byDigest = await probe((request, response) => {
      if (request.method === "DELETE" && !request.path.includes("sha256:"))
        return sendJson(response, 400, { errors: [{ code: "DIGEST_INVALID" }] });
      if (request.path.includes("/referrers/")) return sendJson(response, 404, "404 page not found");
      modern(request, response);
    });
    expect(byDigest.result).toMatchObject({
      deletion: "on",
      tagDeletion: "by-digest-only",
      referrers: "fallback",
    });
    const off = await probe((request, response) => {
      if (request.method === "DELETE") return sendJson(response, 405, { errors: [{ code: "UNSUPPORTED" }] });
      modern(request, response);
    });
    expect(off.result).toMatchObject({ deletion: "off", tagDeletion: "unknown" });
    expect(statesOf(off.result).deletion).toBe("limited");
    const noCatalog = await probe((request, response) => {
      if (request.path.startsWith("/v2/_catalog")) return sendJson(response, 404, {});
      modern(request, response);
    });
    expect(noCatalog.result).toMatchObject({
      isUsable: true,
      catalog: "no",
      referrers: "unknown",
      deletion: "unknown",
    });
  });

  it("stops at the step that fails and says which", async () => {
    const silent = await startRawServer(() => undefined);
    await silent.close();
    const refused = await keep(createTestClient(silent.origin)).probe();
    expect(statesOf(refused)).toMatchObject({
      resolve: "ok",
      connect: "failed",
      tls: "skipped",
      deletion: "skipped",
    });
    expect(refused).toMatchObject({ isUsable: false, failure: { kind: "cannot-connect" } });
    const unknown = await keep(
      createTestClient("http://nowhere.example", { resolver: async () => [] }),
    ).probe();
    expect(statesOf(unknown)).toMatchObject({ resolve: "failed", connect: "skipped" });
    const secure = await keep(
      createTestClient(
        keep(await startRawServer((socket) => socket.end("HTTP/1.1 400 x\r\n\r\n"))).origin.replace(
          "http",
          "https",
        ),
      ),
    ).probe();
    expect(statesOf(secure)).toMatchObject({ connect: "ok", tls: "failed", api: "skipped" });
    const noRegistry = await probe((_request, response) => sendJson(response, 404, "nothing here"));
    expect(statesOf(noRegistry.result)).toMatchObject({ api: "failed", authentication: "skipped" });
  });

  it("checks credentials, and notices when nobody asks for them", async () => {
    const wrong = await probe(
      (_request, response) => sendJson(response, 401, {}, { "www-authenticate": "Basic" }),
      { credentials: basic },
    );
    expect(statesOf(wrong.result)).toMatchObject({ api: "ok", authentication: "failed", catalog: "skipped" });
    expect(wrong.result.failure?.kind).toBe("unauthorized");
    const unasked = await probe(modern, { credentials: basic });
    expect(statesOf(unasked.result).authentication).toBe("limited");
  });

  it("O3: names a realm on another host, so that somebody can confirm it", async () => {
    const canary = keep(await startCanary());
    const realm = `http://localhost:${canary.port}/token`;
    const { result } = await probe(
      (_request, response) => sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="${realm}"` }),
      { credentials: basic },
    );
    expect(statesOf(result).authentication).toBe("failed");
    expect(result).toMatchObject({ realm, failure: { kind: "realm-refused" } });
    expect(canary.requests).toHaveLength(0);
  });

  it("throws only when it is stopped", async () => {
    const registry = keep(await startHostileRegistry(() => undefined));
    const client = keep(createTestClient(registry.origin));
    expect((await failureOf(client.probe({ signal: AbortSignal.abort() }))).kind).toBe("aborted");
  });
});
