import { afterEach, describe, expect, it } from "vitest";

import type { CatalogOptions, CatalogPage } from "#lib/oci/catalog";
import type { RegistryClient } from "#lib/oci/client";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type Script,
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

async function start(script: Script): Promise<{ registry: ScriptedServer; client: RegistryClient }> {
  const registry = keep(await startHostileRegistry(script));
  const client = keep(createTestClient(registry.origin));
  return { registry, client };
}

async function pagesOf(client: RegistryClient, options?: CatalogOptions): Promise<CatalogPage[]> {
  const pages: CatalogPage[] = [];
  for await (const page of client.listCatalog(options)) pages.push(page);
  return pages;
}

const last = (path: string) => new URL(path, "http://x").searchParams.get("last");

describe("the catalogue", () => {
  it("asks for the largest page and steps down to what the registry takes", async () => {
    const { registry, client } = await start((request, response) => {
      const size = Number(new URL(request.path, "http://x").searchParams.get("n"));
      if (size > 1_000) return sendJson(response, 400, { errors: [{ code: "PAGINATION_NUMBER_INVALID" }] });
      sendJson(response, 200, { repositories: ["a", "b"] });
    });
    expect(await pagesOf(client)).toEqual([{ repositories: ["a", "b"], invalidNames: 0, incomplete: null }]);
    expect(registry.requests.map((request) => request.path)).toEqual([
      "/v2/_catalog?n=100000",
      "/v2/_catalog?n=10000",
      "/v2/_catalog?n=1000",
    ]);
  });

  it("steps down when a large page takes too long", async () => {
    const { client } = await start((request, response) => {
      if (request.path.endsWith("n=100000")) return;
      sendJson(response, 200, { repositories: ["a"] });
    });
    expect(await pagesOf(client, { pageDeadlineMs: 400 })).toHaveLength(1);
  });

  it("follows relative and absolute links of its own origin", async () => {
    const { registry, client } = await start((request, response) => {
      const from = last(request.path);
      const headers: Record<string, string> = {};
      if (from === null) headers.link = '</v2/_catalog?last=a&n=1>; rel="next"';
      if (from === "a") headers.link = `<${registry.origin}/v2/_catalog?last=b&n=1>; rel="next"`;
      sendJson(response, 200, { repositories: [from === null ? "a" : from === "a" ? "b" : "c"] }, headers);
    });
    const pages = await pagesOf(client);
    expect(pages.flatMap((page) => page.repositories)).toEqual(["a", "b", "c"]);
    expect(pages.at(-1)?.incomplete).toBeNull();
  });

  it("O5: does not follow a link to another host", async () => {
    const canary = keep(await startCanary());
    const links = [
      `${canary.origin}/v2/_catalog?last=a`,
      `//127.0.0.1:${canary.port}/x`,
      "file:///etc/passwd",
      "http://u:p@127.0.0.1/",
    ];
    for (const link of links) {
      const { client } = await start((_request, response) =>
        sendJson(response, 200, { repositories: ["a"] }, { link: `<${link}>; rel="next"` }),
      );
      expect((await pagesOf(client)).at(-1)?.incomplete).toBe("foreign-link");
    }
    expect(canary.requests).toHaveLength(0);
  });

  it("O5: finds loops", async () => {
    const { registry, client } = await start((request, response) => {
      const next = last(request.path) === "a" ? "b" : "a";
      sendJson(response, 200, { repositories: [next] }, { link: `</v2/_catalog?last=${next}>; rel="next"` });
    });
    expect((await pagesOf(client)).at(-1)?.incomplete).toBe("loop");
    expect(registry.requests.length).toBeLessThanOrEqual(4);
  });

  it("O5: finds pages without progress, full or empty", async () => {
    for (const repositories of [["same"], []]) {
      let count = 0;
      const { registry, client } = await start((_request, response) => {
        count += 1;
        sendJson(response, 200, { repositories }, { link: `</v2/_catalog?token=${count}>; rel="next"` });
      });
      expect((await pagesOf(client)).at(-1)?.incomplete).toBe("no-progress");
      expect(registry.requests.length).toBeLessThanOrEqual(3);
    }
  });

  it("O5: ends endless pages and endless names at a cap, and says so", async () => {
    let count = 0;
    const { registry, client } = await start((_request, response) => {
      count += 1;
      sendJson(
        response,
        200,
        { repositories: [`r${count}`] },
        { link: `</v2/_catalog?last=r${count}>; rel="next"` },
      );
    });
    const pages = await pagesOf(client, { maxPages: 50 });
    expect(pages).toHaveLength(50);
    expect(pages.at(-1)?.incomplete).toBe("page-cap");
    expect(registry.requests).toHaveLength(50);
    expect((await pagesOf(client, { maxRepositories: 7 })).at(-1)?.incomplete).toBe("entry-cap");
  });

  it("T4: counts names that are none, and hands on the rest", async () => {
    const names = ["good/one", "../etc", "UPPER", "a b", "<script>", "", "x".repeat(300)];
    const { client } = await start((_request, response) => sendJson(response, 200, { repositories: names }));
    expect(await pagesOf(client)).toEqual([
      { repositories: ["good/one"], invalidNames: 6, incomplete: null },
    ]);
  });

  it.each([
    ["HTML", "<html></html>", "invalid-response"],
    ["a list", "[]", "invalid-response"],
    ["repositories that are no list", '{"repositories":{}}', "invalid-response"],
    ["names that are no text", '{"repositories":[1]}', "invalid-response"],
  ])("refuses %s", async (_name, body, kind) => {
    const { client } = await start((_request, response) => sendJson(response, 200, body));
    expect((await failureOf(pagesOf(client))).kind).toBe(kind);
  });

  it.each([
    [404, "not-found"],
    [405, "unsupported"],
    [403, "denied"],
    [401, "unauthorized"],
  ])("says what status %i means", async (status, kind) => {
    const { client } = await start((_request, response) => sendJson(response, status, {}));
    expect((await failureOf(pagesOf(client))).kind).toBe(kind);
  });
});

describe("tags", () => {
  it("reads all pages, each tag once, null as none", async () => {
    const { client } = await start((request, response) => {
      if (request.path.startsWith("/v2/empty/"))
        return sendJson(response, 200, { name: "empty", tags: null });
      if (last(request.path) === null)
        return sendJson(
          response,
          200,
          { tags: ["a", "b", "bad tag"] },
          { link: '</v2/x/tags/list?last=b>; rel="next"' },
        );
      sendJson(response, 200, { tags: ["b", "c"] });
    });
    expect(await client.listTags("x")).toEqual({ tags: ["a", "b", "c"], invalidTags: 1, incomplete: null });
    expect(await client.listTags("empty")).toEqual({ tags: [], invalidTags: 0, incomplete: null });
  });

  it("R4: takes 100,000 tags on one page", async () => {
    const tags = Array.from({ length: 100_000 }, (_, index) => `v${index}`);
    const { client } = await start((_request, response) => sendJson(response, 200, { tags }));
    expect((await client.listTags("x")).tags).toHaveLength(100_000);
  });

  it("O5: a million pages end at the cap", async () => {
    let count = 0;
    const { client } = await start((_request, response) => {
      count += 1;
      sendJson(
        response,
        200,
        { tags: [`t${count}`] },
        { link: `</v2/x/tags/list?last=t${count}>; rel="next"` },
      );
    });
    expect(await client.listTags("x", { maxPages: 20 })).toMatchObject({ incomplete: "page-cap" });
    expect(await client.listTags("x", { maxTags: 5 })).toMatchObject({ incomplete: "entry-cap" });
  });

  it.each([
    [400, "DIGEST_INVALID", "unsupported"],
    [405, "UNSUPPORTED", "unsupported"],
    [404, "MANIFEST_UNKNOWN", "not-found"],
    [403, "DENIED", "denied"],
  ])("deleting by name: %i %s is %s", async (status, code, kind) => {
    const { client } = await start((_request, response) =>
      sendJson(response, status, { errors: [{ code }] }),
    );
    expect(await failureOf(client.deleteTag("x", "v1"))).toMatchObject({ kind, code, status });
  });
});
